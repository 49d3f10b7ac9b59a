// Whom a host expects: the guest, and those who come with them. Where they are, before anybody waits.

import type { Person, Standing } from "../protocol/standing.ts";
import type { Call } from "./state.ts";

/** The guest first. */
export function guestsOf({ people }: Standing): Person[] {
  const rank = (person: Person): number => (person.role === "guest" ? 0 : 1);
  return people.filter((person) => person.role !== "host").sort((a, b) => rank(a) - rank(b));
}

export interface Whereabouts {
  /** `opened`: the page is open, but they have not entered the waiting room. */
  kind: "inside" | "gone" | "opened" | "left" | "not-here";
  person?: Person;
}

/** Where those are who are not waiting; the first of these that is true of one of them. */
export function whereabouts(standing: Standing): Whereabouts {
  const guests = guestsOf(standing);
  const found = (kind: Whereabouts["kind"], is: (person: Person) => boolean): Whereabouts | undefined => {
    const person = guests.find(is);
    return person && { kind, person };
  };
  return (
    found("inside", isInRoom) ??
    found("gone", isGone) ??
    found("opened", hasOpened) ??
    found("left", (person) => person.entry === "left") ?? { kind: "not-here" }
  );
}

export interface Attendance {
  expected: number;
  /** Waiting with the page in front, or in the room. */
  here: number;
  away: boolean;
  gone: boolean;
}

export function attendance(standing: Standing): Attendance {
  const guests = guestsOf(standing);
  const isHere = (person: Person): boolean =>
    isInRoom(person) || (person.entry === "waiting" && person.presence !== "gone" && person.presence !== "away");
  return {
    expected: guests.length,
    here: guests.filter(isHere).length,
    away: guests.some((person) => person.entry === "waiting" && person.presence === "away"),
    gone: guests.some((person) => person.presence === "gone"),
  };
}

/** Has a place in the waiting room or in the call. */
export function isInside({ people }: Standing, id: string | undefined): boolean {
  return people.some((person) => person.id === id && hasPlace(person));
}

/** Guests who went on in another tab without having left, and of whom the host does not know it yet. */
export function movedGuests({ standing, knownMoves }: Call): Person[] {
  if (standing.role !== "host") return [];
  return guestsOf(standing).filter((person) => hasPlace(person) && person.moved_at !== null && !knownMoves.includes(moveOf(person)));
}

/** Names one move of one guest. */
export function moveOf(person: Person): string {
  return `${person.id} ${person.moved_at}`;
}

/** As they were saved by any version. */
export function movesFrom(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((move) => typeof move === "string") : undefined;
}

function hasPlace(person: Person): boolean {
  return person.entry === "waiting" || person.entry === "admitted";
}

function isInRoom(person: Person): boolean {
  return person.entry === "admitted" && person.presence !== "gone";
}

function hasOpened(person: Person): boolean {
  return person.entry === "outside" && (person.presence === "here" || person.presence === "away");
}

/** Had a place in the waiting room or in the call, and still has, but the page is closed. */
function isGone(person: Person): boolean {
  return hasPlace(person) && person.presence === "gone";
}
