// Guest status on the pre-join page of the host: who is waiting and for how long, or that nobody is here yet.

import type { Call } from "../state.ts";
import type { Person } from "../../protocol/standing.ts";
import { waitingGuests } from "../effects.ts";
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
  const guest = standing.people.find((person) => person.role === "guest");
  if (guest && isGone(guest)) return messages.hostPrejoin.guestGoneHint;
  if (guest && hasOpened(guest)) return messages.hostPrejoin.guestOpenedHint;
  if (standing.consultation.state === "live") return messages.hostPrejoin.hasStarted;
  return standing.may.start ? messages.hostPrejoin.mayStartHint : messages.hostPrejoin.guestNotHereHint;
}

function headline(call: Call): string {
  const guests = call.standing.people.filter((person) => person.role === "guest");
  const left = guests.find((person) => person.entry === "left");
  const inside = guests.find((person) => person.entry === "admitted" && person.presence !== "gone");
  const gone = guests.find(isGone);
  const opened = guests.find(hasOpened);
  if (inside) return messages.hostPrejoin.guestInRoom(inside.name);
  if (gone) return messages.hostPrejoin.guestGone(gone, call.standing);
  if (opened) return messages.hostPrejoin.guestOpened(opened.name);
  return left ? messages.hostPrejoin.guestLeft(left.name) : messages.hostPrejoin.guestNotHere(call.standing);
}

/** The page is open, but the guest has not entered the waiting room. */
function hasOpened(person: Person): boolean {
  return person.entry === "outside" && (person.presence === "here" || person.presence === "away");
}

/** Had a place in the waiting room or in the call, and still has, but the page is closed. */
function isGone(person: Person): boolean {
  return (person.entry === "waiting" || person.entry === "admitted") && person.presence === "gone";
}
