// A camera or microphone that will not work: what it is, what to try, and that one can go on without.

import type { Call, Which } from "../state.ts";
import { words } from "../words.ts";
import { h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { House, View } from "./view.ts";

export function deviceTrouble(house: House): View {
  const title = h("strong");
  const advice = h("span");
  let which: Which = "camera";
  const retry = h("button", { type: "button", class: "button button--small", onclick: () => troubled().forEach((each) => house.send({ type: "retry", which: each })) }, words.device.retry);
  const node = h("div", { class: "call-note call-note--warn", role: "status" }, icon("alert"), h("div", { class: "call-note__text" }, title, advice), retry);
  let last: Call | undefined;

  function troubled(): Which[] {
    return (["camera", "microphone"] as const).filter((each) => last?.[each].state === "problem");
  }

  return {
    node,
    draw(call) {
      last = call;
      const first = troubled()[0];
      show(node, first !== undefined);
      if (!first) return;
      which = first;
      const problem = call[which].problem ?? "unknown";
      const both = troubled().length > 1 && problem === "blocked";
      const advised = both ? words.device.bothAdvice : words.device.advice(which, problem);
      text(title, both ? words.device.bothBlocked : words.device.title(which, problem));
      text(advice, problem === "insecure" ? advised : `${advised} ${words.device.without}`);
    },
  };
}
