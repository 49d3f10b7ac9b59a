// Checklist on the pre-join page of the host: camera, microphone, connection, guests. Read only.

import type { Call, DeviceKind } from "../state.ts";
import { attendance } from "../guests.ts";
import { messages } from "../messages.ts";
import { attr, h, text } from "./dom.ts";
import { setIcon, icon } from "./icons.ts";
import type { View } from "./view.ts";

type CheckMark = "good" | "open" | "warn";
type CheckResult = { mark: CheckMark; status: string };

export function checklist(): View {
  const rows = [
    checkRow(
      () => messages.hostPrejoin.camera,
      (call) => device(call, "camera"),
    ),
    checkRow(
      () => messages.hostPrejoin.microphone,
      (call) => device(call, "microphone"),
    ),
    checkRow(
      () => messages.hostPrejoin.connection,
      (call) =>
        call.statusStreamUp
          ? { mark: "good", status: messages.hostPrejoin.state.reached }
          : { mark: "warn", status: messages.hostPrejoin.state.lost },
    ),
    checkRow(
      () => messages.hostPrejoin.guest,
      (call) => guest(call),
    ),
  ];
  return {
    node: h(
      "section",
      { class: "call-checklist" },
      h("h2", {}, messages.hostPrejoin.checklist),
      h("ul", { role: "list" }, ...rows.map((row) => row.node)),
    ),
    render: (call, now) => rows.forEach((row) => row.render(call, now)),
  };
}

function checkRow(name: (call: Call) => string, check: (call: Call) => CheckResult): View {
  const markIcon = icon("check");
  const label = h("span");
  const state = h("span", { class: "call-checklist__state" });
  const node = h("li", {}, markIcon, label, state);
  return {
    node,
    render(call) {
      const { mark, status } = check(call);
      setIcon(markIcon, mark === "good" ? "check" : mark === "warn" ? "alert" : "clock");
      attr(node, "data-mark", mark);
      text(label, name(call));
      text(state, status);
    },
  };
}

function device(call: Call, kind: DeviceKind): CheckResult {
  const { state, wanted } = call[kind];
  if (!call.devicesRequested) return { mark: "open", status: messages.hostPrejoin.state.unchecked };
  if (state === "problem") return { mark: "warn", status: messages.hostPrejoin.state.problem };
  if (!wanted) return { mark: "open", status: messages.hostPrejoin.state.off };
  return state === "ready"
    ? { mark: "good", status: messages.hostPrejoin.state.ready }
    : { mark: "open", status: messages.hostPrejoin.state.asking };
}

/** With companions it says how many of all are here. */
function guest({ standing }: Call): CheckResult {
  const { expected, here, away, gone } = attendance(standing);
  const { state } = messages.hostPrejoin;
  if (here > 0 && here < expected) return { mark: "open", status: state.hereOf(here, expected) };
  if (here > 0) return { mark: "good", status: expected > 1 ? state.hereOf(here, expected) : state.here };
  return { mark: "open", status: away ? state.away : gone ? state.gone : state.notHere };
}
