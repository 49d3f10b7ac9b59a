// Before you start: four lines that tick themselves. Nothing to fill in; a look is enough.

import type { Call, Which } from "../state.ts";
import { waitingGuests } from "../effects.ts";
import { words } from "../messages.ts";
import { attr, h, text } from "./dom.ts";
import { draw, icon } from "./icons.ts";
import type { View } from "./view.ts";

type Mark = "good" | "open" | "warn";
type Finding = { mark: Mark; says: string };

export function checklist(): View {
  const lines = [
    line(
      () => words.before.camera,
      (call) => device(call, "camera"),
    ),
    line(
      () => words.before.microphone,
      (call) => device(call, "microphone"),
    ),
    line(
      () => words.before.line,
      (call) =>
        call.lineUp
          ? { mark: "good", says: words.before.state.ready }
          : { mark: "warn", says: words.before.state.lost },
    ),
    line(
      (call) => words.before.guest(call.standing),
      (call) =>
        waitingGuests(call).length > 0 || hasGuestInside(call)
          ? { mark: "good", says: words.before.state.here }
          : { mark: "open", says: words.before.state.away },
    ),
  ];
  return {
    node: h(
      "section",
      { class: "call-checklist" },
      h("h2", {}, words.before.checklist),
      h("ul", { role: "list" }, ...lines.map((each) => each.node)),
    ),
    draw: (call, now) => lines.forEach((each) => each.draw(call, now)),
  };
}

function line(name: (call: Call) => string, finding: (call: Call) => Finding): View {
  const sign = icon("check");
  const label = h("span");
  const state = h("span", { class: "call-checklist__state" });
  const node = h("li", {}, sign, label, state);
  return {
    node,
    draw(call) {
      const { mark, says } = finding(call);
      draw(sign, mark === "good" ? "check" : mark === "warn" ? "alert" : "clock");
      attr(node, "data-mark", mark);
      text(label, name(call));
      text(state, says);
    },
  };
}

function device(call: Call, which: Which): Finding {
  const { state, wanted } = call[which];
  if (!call.looking) return { mark: "open", says: words.before.state.unchecked };
  if (state === "problem") return { mark: "warn", says: words.before.state.problem };
  if (!wanted) return { mark: "open", says: words.before.state.off };
  return state === "ready"
    ? { mark: "good", says: words.before.state.ready }
    : { mark: "open", says: words.before.state.asking };
}

function hasGuestInside(call: Call): boolean {
  return call.standing.people.some((person) => person.role === "guest" && person.entry === "admitted");
}
