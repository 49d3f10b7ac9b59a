// For the host: a guest goes on in another tab. Perhaps on another device, perhaps another person with the same link.

import { moveOf, movedGuests } from "../guests.ts";
import { messages } from "../messages.ts";
import type { Person } from "../../protocol/standing.ts";
import type { Call } from "../state.ts";
import { attr, button, h, list, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { View, ViewContext } from "./view.ts";

export function movedGuestNotes(context: ViewContext): View {
  const rows = new Map<string, MovedGuestNote>();
  const node = h("div", { class: "call-moved-guests" });
  return {
    node,
    render(call) {
      const moved = movedGuests(call);
      list(node, rows, moved, moveOf, (person) => movedGuestNote(context, person));
      for (const person of moved) rows.get(moveOf(person))?.render(call, person);
    },
  };
}

interface MovedGuestNote {
  node: HTMLElement;
  render(call: Call, person: Person): void;
}

function movedGuestNote(context: ViewContext, { id, ...moved }: Person): MovedGuestNote {
  const message = h("p", { class: "call-note__text", dir: "auto" });
  const yes = button("small", () => context.send({ type: "know-move", move: moveOf({ id, ...moved }) }), messages.inCall.movedYes);
  const putOut = button("small", () => context.send({ type: "dialog", dialog: "expel", about: id }), messages.inCall.putOut);
  const node = h("div", { class: "call-note call-note--warn", role: "group", "data-participant": id }, icon("devices"), message, h("div", { class: "call-note__actions" }, yes, putOut));
  return {
    node,
    render(call, person) {
      text(message, messages.inCall.moved(person.name));
      attr(node, "aria-label", messages.inCall.moved(person.name));
      attr(putOut, "aria-disabled", call.requests.includes(`expel ${id}`) && "true");
    },
  };
}
