// A camera or microphone that will not work: what it is, what to try, and that one can go on without.

import type { Call, Which } from "../state.ts";
import { words } from "../messages.ts";
import { button, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { House, View } from "./view.ts";

export function deviceTrouble(house: House): View {
  const title = h("strong");
  const advice = h("span");
  const retry = button("small", () => again(), words.device.retry);
  const without = button("small quiet", () => house.send({ type: "do-without" }), words.device.without);
  const node = h(
    "div",
    { class: "call-note call-note--warn", role: "status" },
    icon("alert"),
    h("div", { class: "call-note__text" }, title, advice),
    h("div", { class: "call-note__deeds" }, retry, without),
  );
  let troubled: readonly Which[] = [];

  function again(): void {
    for (const which of troubled) house.send({ type: "retry", which });
  }

  return {
    node,
    draw(call) {
      troubled = troubledIn(call);
      const [first] = troubled;
      show(node, first !== undefined);
      if (!first) return;
      const problem = call[first].problem ?? "unknown";
      text(title, words.device.title(troubled.length > 1 ? words.device.both : first, problem));
      text(advice, words.device.advice(problem));
    },
  };
}

/** Both together where both fail alike; else the camera first, because its light is what people look for. */
function troubledIn(call: Call): Which[] {
  const all = (["camera", "microphone"] as const).filter((which) => call[which].state === "problem");
  return all.filter((which) => all[0] && call[which].problem === call[all[0]].problem);
}
