// Which camera, microphone and speaker to use. A list appears once the browser tells us of more than one.

import type { Call, Choice, Which } from "../state.ts";
import { words } from "../messages.ts";
import { h, show } from "./dom.ts";
import type { House, View } from "./view.ts";

type Kind = Which | "speaker";
const KINDS: readonly Kind[] = ["camera", "microphone", "speaker"];

export function picker(house: House): View {
  const rows = KINDS.map((kind) => row(house, kind));
  return {
    node: h("div", { class: "call-picker" }, ...rows.map((each) => each.node)),
    draw: (call, now) => rows.forEach((each) => each.draw(call, now)),
  };
}

function row(house: House, kind: Kind): View {
  const select = h("select", {
    id: `call-${kind}-${++made}`,
    onchange: () => house.send({ type: "choose", which: kind, id: select.value }),
  });
  const node = h("div", { class: "field" }, h("label", { for: select.id }, words.devices[kind]), select);
  let drawn = "";
  return {
    node,
    draw(call) {
      const choices = call.choices[kind];
      const possible = choices.length > 0 && (kind !== "speaker" || "setSinkId" in HTMLMediaElement.prototype);
      show(node, possible);
      const chosen = chosenOf(call, kind);
      const now = JSON.stringify([choices, chosen]);
      // Drawing a list anew while it is open would close it under the person's finger.
      if (now === drawn) return;
      drawn = now;
      select.replaceChildren(...choices.map((choice, n) => option(choice, kind, n, choice.id === chosen)));
    },
  };
}

let made = 0;

function chosenOf(call: Call, kind: Kind): string | undefined {
  return kind === "speaker" ? (call.speaker ?? "default") : call[kind].id;
}

function option(choice: Choice, kind: Kind, n: number, chosen: boolean): HTMLOptionElement {
  return h(
    "option",
    { value: choice.id, selected: chosen },
    choice.label || words.devices.unnamed(words.devices[kind], n + 1),
  );
}
