// Device picker: camera, microphone and speaker. A list appears once the browser reports devices of its kind.

import type { Call, DeviceOption, DeviceKind } from "../state.ts";
import { messages } from "../messages.ts";
import { h, show } from "./dom.ts";
import type { ViewContext, View } from "./view.ts";

type Kind = DeviceKind | "speaker";
const KINDS: readonly Kind[] = ["camera", "microphone", "speaker"];

export function devicePicker(context: ViewContext): View {
  const rows = KINDS.map((kind) => row(context, kind));
  return {
    node: h("div", { class: "call-device-picker" }, ...rows.map((each) => each.node)),
    render: (call, now) => rows.forEach((each) => each.render(call, now)),
  };
}

function row(context: ViewContext, kind: Kind): View {
  const select = h("select", {
    id: `call-${kind}-${++made}`,
    onchange: () => context.send({ type: "select-device", kind, id: select.value }),
  });
  const node = h("div", { class: "field" }, h("label", { for: select.id }, messages.devices[kind]), select);
  let drawn = "";
  return {
    node,
    render(call) {
      const choices = call.deviceOptions[kind];
      const possible = choices.length > 0 && (kind !== "speaker" || "setSinkId" in HTMLMediaElement.prototype);
      show(node, possible);
      const chosen = chosenOf(call, kind);
      const now = JSON.stringify([choices, chosen]);
      // Rebuilding an open list would close it.
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

function option(choice: DeviceOption, kind: Kind, n: number, chosen: boolean): HTMLOptionElement {
  return h(
    "option",
    { value: choice.id, selected: chosen },
    choice.label || messages.devices.unnamed(messages.devices[kind], n + 1),
  );
}
