// Checklist on the pre-join page of the host: camera, microphone, connection, guest. Read only.

import type { Call, DeviceKind } from "../state.ts";
import { waitingGuests } from "../effects.ts";
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
          ? { mark: "good", status: messages.hostPrejoin.state.ready }
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

function guest(call: Call): CheckResult {
  const waiting = waitingGuests(call);
  if (isGuestInRoom(call) || waiting.some((person) => person.presence !== "away")) {
    return { mark: "good", status: messages.hostPrejoin.state.here };
  }
  const { away, gone, notHere } = messages.hostPrejoin.state;
  const wasHere = call.standing.people.some((person) => person.role === "guest" && person.presence === "gone");
  return { mark: "open", status: waiting.length > 0 ? away : wasHere ? gone : notHere };
}

function isGuestInRoom(call: Call): boolean {
  return call.standing.people.some((person) => person.role === "guest" && person.entry === "admitted" && person.presence !== "gone");
}
