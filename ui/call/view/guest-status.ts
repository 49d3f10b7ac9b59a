// The host's first question: is my guest here? Large, live, with the minutes they have waited.

import type { Call } from "../state.ts";
import type { Person } from "../../protocol/standing.ts";
import { waitingGuests } from "../effects.ts";
import { words } from "../messages.ts";
import { attr, h, list, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { View } from "./view.ts";

export function presence(): View {
  const rows = new Map<string, ReturnType<typeof row>>();
  const people = h("ul", { class: "call-presence__people", role: "list" });
  const nobody = h("strong");
  const hint = h("span", { class: "call-muted" });
  const away = h(
    "div",
    { class: "call-presence__away" },
    h("span", { class: "call-face" }, icon("person")),
    h("div", {}, nobody, hint),
  );
  const node = h("section", { class: "call-card call-presence" }, people, away);

  return {
    node,
    draw(call, now) {
      const waits = waitingGuests(call);
      list(people, rows, waits, (person) => person.id, row);
      for (const person of waits) rows.get(person.id)?.draw(person, now);
      show(people, waits.length > 0);
      show(away, waits.length === 0);
      attr(node, "data-here", waits.length > 0);
      attr(node, "aria-label", words.before.guest(call.standing));
      text(nobody, headline(call));
      text(hint, hintFor(call));
    },
  };
}

function row(person: Person): { node: HTMLElement; draw(person: Person, now: number): void } {
  const title = h("strong", { dir: "auto" });
  const since = h("span", { class: "call-muted" });
  const node = h(
    "li",
    { "data-participant": person.id },
    h("span", { class: "call-face call-face--here" }, icon("person")),
    h("div", {}, title, since),
  );
  return {
    node,
    draw(each, now) {
      text(title, words.before.waiting(each.name));
      text(since, words.before.waitingFor(now - Date.parse(each.waiting_since ?? new Date(now).toISOString())));
    },
  };
}

function hintFor({ standing }: Call): string {
  if (standing.consultation.state === "live") return words.before.underWay;
  return standing.may.start ? words.before.mayStart : words.before.notHereHint;
}

function headline(call: Call): string {
  const gone = call.standing.people.find((person) => person.role === "guest" && person.entry === "left");
  const inside = call.standing.people.find((person) => person.role === "guest" && person.entry === "admitted");
  if (inside) return words.before.inside(inside.name);
  return gone ? words.before.left(gone.name) : words.before.notHere(call.standing);
}
