// What a person who cannot see the screen is told as it changes. One short sentence at most for each change.

import { waitingGuests } from "./effects.ts";
import type { Call, Seat } from "./state.ts";
import { otherOf, words } from "./messages.ts";

export function announcement(before: Call, after: Call): string | undefined {
  return aboutOthers(before, after) ?? aboutTheLine(before, after) ?? aboutOurselves(before, after);
}

function aboutOthers(before: Call, after: Call): string | undefined {
  const known = new Set(waitingGuests(before).map((person) => person.id));
  const arrived = waitingGuests(after).find((person) => !known.has(person.id));
  if (arrived) return words.announce.waits(arrived);
  // While we come and go ourselves, everybody seems to.
  if (before.connection !== "up" || after.connection !== "up") return undefined;
  const came = after.seats.find((seat) => !find(before, seat.id));
  if (came) return words.announce.joined(nameOf(after, came));
  const gone = before.seats.find((seat) => !find(after, seat.id));
  if (gone) return words.announce.gone(nameOf(after, gone));
  const sharing = after.seats.find((seat) => seat.screen && find(before, seat.id)?.screen === false);
  return sharing && words.announce.shares(nameOf(after, sharing));
}

function aboutTheLine(before: Call, after: Call): string | undefined {
  if (after.stage !== "live" || before.stage !== "live" || before.connection === after.connection) return undefined;
  if (before.connection === "up") return words.live.reconnecting;
  return after.connection === "up" ? words.announce.back : undefined;
}

function aboutOurselves(before: Call, after: Call): string | undefined {
  if (before.microphone.wanted !== after.microphone.wanted) {
    return after.microphone.wanted ? words.announce.unmuted : words.announce.muted;
  }
  if (before.camera.wanted !== after.camera.wanted) {
    return after.camera.wanted ? words.announce.cameraOn : words.announce.cameraOff;
  }
  return undefined;
}

/** The name from the booking; the room's own idea of it only where the booking has none for us. */
export function nameOf(call: Call, seat: Seat): string {
  return call.standing.people.find((person) => person.id === seat.id)?.name ?? (seat.name || otherOf(call.standing));
}

function find(call: Call, id: string): Seat | undefined {
  return call.seats.find((seat) => seat.id === id);
}
