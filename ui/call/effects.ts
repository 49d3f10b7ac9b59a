// What to do about a move from one call to the next. Pure: it names the deeds, stagehand.ts performs them.

import type { Person } from "../protocol/standing.ts";
import { usesDevices } from "./stage.ts";
import type { Call, Errand, Memory } from "./state.ts";

/** What the devices should be doing. `held` keeps a muted microphone open, so that unmuting is instant. */
export interface Want {
  held: boolean;
  on: boolean;
  id?: string | undefined;
  facing: "user" | "environment";
  tries: number;
}

export interface Wants {
  camera: Want;
  microphone: Want;
}

export type Effect =
  | { do: "errand"; errand: Errand }
  | { do: "connect" }
  | { do: "disconnect" }
  | { do: "devices"; wants: Wants }
  | { do: "speaker"; id: string }
  | { do: "share"; on: boolean }
  | { do: "refresh" }
  | { do: "rest"; ms: number }
  | { do: "prepare" }
  | { do: "stay-awake"; awake: boolean }
  | { do: "ring" }
  | { do: "knock"; who: Person }
  | { do: "remember"; memory: Memory };

/** `before` is missing when the tab opens: then everything the first call asks for is new. */
export function effects(before: Call | undefined, after: Call): Effect[] {
  const list: Effect[] = [];
  const turned = <T>(of: (call: Call) => T): boolean => before === undefined || of(before) !== of(after);
  const turnedTo = (is: (call: Call) => boolean): boolean => is(after) && !(before && is(before));

  for (const errand of after.errands) {
    if (!before?.errands.includes(errand)) list.push({ do: "errand", errand });
  }
  if (turnedTo(isJoining)) list.push({ do: "connect" });
  if (before && before.connection !== "none" && after.connection === "none") list.push({ do: "disconnect" });
  if (turnedTo((call) => call.resting)) list.push({ do: "rest", ms: restFor(after.tries) });
  if (before && before.refreshes !== after.refreshes) list.push({ do: "refresh" });
  if (before && !same(wants(before), wants(after))) list.push({ do: "devices", wants: wants(after) });
  if (!before && usesDevices(after)) list.push({ do: "devices", wants: wants(after) });
  if (after.speaker !== undefined && turned((call) => call.speaker)) list.push({ do: "speaker", id: after.speaker });
  if (turnedTo((call) => call.screen === "asking")) list.push({ do: "share", on: true });
  if (before && before.screen !== "off" && after.screen === "off") list.push({ do: "share", on: false });
  if (turnedTo(isNear)) list.push({ do: "prepare" });
  if (turnedTo(needsScreen)) list.push({ do: "stay-awake", awake: true });
  if (before && needsScreen(before) && !needsScreen(after)) list.push({ do: "stay-awake", awake: false });
  if (before?.stage === "waiting" && after.stage === "joining") list.push({ do: "ring" });
  for (const who of arrivals(before, after)) list.push({ do: "knock", who });
  if (before && !same(memoryOf(before), memoryOf(after))) list.push({ do: "remember", memory: memoryOf(after) });
  return list;
}

export function wants(call: Call): Wants {
  const use = usesDevices(call);
  const { camera, microphone } = call;
  return {
    camera: { held: use && camera.wanted, on: use && camera.wanted, id: camera.id, facing: camera.facing, tries: camera.tries },
    microphone: { held: use, on: use && microphone.wanted, id: microphone.id, facing: "user", tries: microphone.tries },
  };
}

/** `here` survives a reload only while there is something to come back to. */
export function memoryOf(call: Call): Memory {
  return {
    here: call.place === "here" && call.stage !== "ended" && call.stage !== "closed",
    camera: { wanted: call.camera.wanted, id: call.camera.id },
    microphone: { wanted: call.microphone.wanted, id: call.microphone.id },
    speaker: call.speaker,
    shortcuts: call.shortcuts,
  };
}

/** Guests who wait, oldest first: the order in which they are let in. */
export function waitingGuests(call: Call): Person[] {
  if (call.standing.role !== "host" || call.stage === "ended") return [];
  return call.standing.people
    .filter((person) => person.role === "guest" && person.entry === "waiting")
    .sort((a, b) => (a.waiting_since ?? "").localeCompare(b.waiting_since ?? ""));
}

function arrivals(before: Call | undefined, after: Call): Person[] {
  const known = new Set(before ? waitingGuests(before).map((person) => person.id) : []);
  return waitingGuests(after).filter((person) => !known.has(person.id));
}

/** Half a second, doubling up to ten: quick for a hiccup, gentle on a server that is coming back. */
function restFor(tries: number): number {
  return Math.min(10_000, 250 * 2 ** Math.max(1, tries));
}

function isJoining(call: Call): boolean {
  return call.connection === "joining";
}

/** The call may begin any moment: fetch the media library before it is needed. */
function isNear(call: Call): boolean {
  return call.looking || call.standing.role === "host" || call.standing.consultation.state === "live";
}

/** A phone that falls asleep in the waiting room misses its turn. */
function needsScreen(call: Call): boolean {
  return call.stage === "waiting" || call.stage === "joining" || call.stage === "live" || (call.stage === "early" && call.place === "here");
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
