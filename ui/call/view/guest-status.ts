// Guest status on the pre-join page of the host: who is waiting and for how long, or where they are.

import type { Call } from "../state.ts";
import type { Person } from "../../protocol/standing.ts";
import { waitingGuests } from "../effects.ts";
import { whereabouts } from "../guests.ts";
import { messages } from "../messages.ts";
import { attr, h, list, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { View } from "./view.ts";

export function guestStatus(): View {
  const rows = new Map<string, ReturnType<typeof guestRow>>();
  const people = h("ul", { class: "call-guest-status__people", role: "list" });
  const absentTitle = h("strong");
  const hint = h("span", { class: "call-muted" });
  const absent = h(
    "div",
    { class: "call-guest-status__absent" },
    h("span", { class: "call-avatar" }, icon("person")),
    h("div", {}, absentTitle, hint),
  );
  const node = h("section", { class: "call-card call-guest-status" }, people, absent);

  return {
    node,
    render(call, now) {
      const waiting = waitingGuests(call);
      list(people, rows, waiting, (person) => person.id, guestRow);
      for (const person of waiting) rows.get(person.id)?.render(person, now);
      show(people, waiting.length > 0);
      show(absent, waiting.length === 0);
      attr(node, "data-here", waiting.length > 0);
      attr(node, "aria-label", messages.hostPrejoin.guest);
      text(absentTitle, headline(call));
      text(hint, hintFor(call));
    },
  };
}

function guestRow(person: Person): { node: HTMLElement; render(person: Person, now: number): void } {
  const title = h("strong", { dir: "auto" });
  const since = h("span", { class: "call-muted" });
  const node = h(
    "li",
    { "data-participant": person.id },
    h("span", { class: "call-avatar call-avatar--here" }, icon("person")),
    h("div", {}, title, since),
  );
  return {
    node,
    render(each, now) {
      text(title, messages.hostPrejoin.guestWaiting(each.name));
      const waiting = messages.hostPrejoin.waitingFor(now - Date.parse(each.waiting_since ?? new Date(now).toISOString()));
      text(since, each.presence === "away" ? `${waiting} · ${messages.hostPrejoin.hidden}` : waiting);
    },
  };
}

function hintFor({ standing }: Call): string {
  const { kind } = whereabouts(standing);
  if (kind === "gone") return messages.hostPrejoin.guestGoneHint;
  if (kind === "opened") return messages.hostPrejoin.guestOpenedHint;
  if (standing.consultation.state === "live") return messages.hostPrejoin.hasStarted;
  return standing.may.start ? messages.hostPrejoin.mayStartHint : messages.hostPrejoin.guestNotHereHint;
}

function headline({ standing }: Call): string {
  const { kind, person } = whereabouts(standing);
  if (!person) return messages.hostPrejoin.guestNotHere(standing);
  switch (kind) {
    case "inside":   return messages.hostPrejoin.guestInRoom(person.name);
    case "gone":     return messages.hostPrejoin.guestGone(person, standing);
    case "opened":   return messages.hostPrejoin.guestOpened(person.name);
    case "left":     return messages.hostPrejoin.guestLeft(person.name);
    case "not-here": return messages.hostPrejoin.guestNotHere(standing);
  }
}
