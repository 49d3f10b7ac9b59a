// Derives the side effects of a state change by comparing two calls. Pure: effect-runner.ts runs the effects.

import type { Person } from "../protocol/standing.ts";
import { isAsked, usesDevices } from "./stage.ts";
import type { Call, ServerRequest, SavedState } from "./state.ts";

/** What a device should be doing. A muted microphone stays `captured` but not `enabled`, so that unmuting is instant. */
export interface DeviceTarget {
  captured: boolean;
  enabled: boolean;
  id?: string | undefined;
  facing: "user" | "environment";
  attempts: number;
}

export interface CaptureTargets {
  camera: DeviceTarget;
  microphone: DeviceTarget;
}

export type Effect =
  | { do: "request"; request: ServerRequest }
  | { do: "connect" }
  | { do: "disconnect" }
  | { do: "capture"; targets: CaptureTargets }
  | { do: "select-speaker"; id: string }
  | { do: "share-screen"; on: boolean }
  | { do: "refresh" }
  | { do: "schedule-retry"; ms: number }
  | { do: "preload" }
  | { do: "log-in" }
  | { do: "wake-lock"; held: boolean }
  | { do: "alert-starting" }
  | { do: "alert-still-there" }
  | { do: "alert-guest-waiting"; guest: Person }
  | { do: "save"; state: SavedState };

/** `before` is undefined when the tab opens: then everything in the first call counts as changed. */
export function effects(before: Call | undefined, after: Call): Effect[] {
  const list: Effect[] = [];
  const changed = <T>(of: (call: Call) => T): boolean => before === undefined || of(before) !== of(after);
  const became = (is: (call: Call) => boolean): boolean => is(after) && !(before && is(before));

  for (const request of after.requests) {
    if (!before?.requests.includes(request)) list.push({ do: "request", request });
  }
  if (became(isJoining)) list.push({ do: "connect" });
  if (before && before.connection !== "none" && after.connection === "none") list.push({ do: "disconnect" });
  if (became((call) => call.retryPending)) list.push({ do: "schedule-retry", ms: retryDelayMs(after.attempts) });
  if (before && before.refreshes !== after.refreshes) list.push({ do: "refresh" });
  if (before && !isEqual(captureTargets(before), captureTargets(after))) list.push({ do: "capture", targets: captureTargets(after) });
  if (!before && usesDevices(after)) list.push({ do: "capture", targets: captureTargets(after) });
  if (after.speaker !== undefined && changed((call) => call.speaker)) list.push({ do: "select-speaker", id: after.speaker });
  if (became((call) => call.screenShare === "asking")) list.push({ do: "share-screen", on: true });
  if (before && before.screenShare !== "off" && after.screenShare === "off") list.push({ do: "share-screen", on: false });
  if (became(mayConnectSoon)) list.push({ do: "preload" });
  if (became(needsLogin)) list.push({ do: "log-in" });
  if (became(needsWakeLock)) list.push({ do: "wake-lock", held: true });
  if (before && needsWakeLock(before) && !needsWakeLock(after)) list.push({ do: "wake-lock", held: false });
  if (before?.stage === "waiting" && after.stage === "joining") list.push({ do: "alert-starting" });
  if (became(isAsked)) list.push({ do: "alert-still-there" });
  for (const guest of newlyWaiting(before, after)) list.push({ do: "alert-guest-waiting", guest });
  if (before && !isEqual(savedStateOf(before), savedStateOf(after))) list.push({ do: "save", state: savedStateOf(after) });
  return list;
}

export function captureTargets(call: Call): CaptureTargets {
  const use = usesDevices(call);
  const { camera, microphone } = call;
  return {
    camera: { captured: use && camera.wanted, enabled: use && camera.wanted, id: camera.id, facing: camera.facing, attempts: camera.attempts },
    microphone: { captured: use, enabled: use && microphone.wanted, id: microphone.id, facing: "user", attempts: microphone.attempts },
  };
}

/** `here` is kept across a reload only while the consultation can still be rejoined. */
export function savedStateOf(call: Call): SavedState {
  return {
    here: call.presence === "here" && call.stage !== "ended" && call.stage !== "closed",
    knownMoves: call.knownMoves,
    fits: call.fits,
    ownCorner: call.ownCorner,
    camera: { wanted: call.camera.wanted, id: call.camera.id },
    microphone: { wanted: call.microphone.wanted, id: call.microphone.id },
    speaker: call.speaker,
    shortcuts: call.shortcuts,
  };
}

/** Guests and companions in the waiting room who are there, longest wait first. */
export function waitingGuests(call: Call): Person[] {
  if (call.standing.role !== "host" || call.stage === "ended") return [];
  return call.standing.people
    .filter((person) => person.role !== "host" && person.entry === "waiting" && person.presence !== "gone")
    .sort((a, b) => (a.waiting_since ?? "").localeCompare(b.waiting_since ?? ""));
}

function newlyWaiting(before: Call | undefined, after: Call): Person[] {
  const known = new Set(before ? waitingGuests(before).map((person) => person.id) : []);
  return waitingGuests(after).filter((person) => !known.has(person.id));
}

/** Exponential backoff: 0.5 s, doubling up to 10 s. Short for a brief outage, gentle on a restarting server. */
function retryDelayMs(attempts: number): number {
  return Math.min(10_000, 250 * 2 ** Math.max(1, attempts));
}

function isJoining(call: Call): boolean {
  return call.connection === "joining";
}

/** The call may begin soon: load the media library before it is needed. */
function mayConnectSoon(call: Call): boolean {
  return call.devicesRequested || call.standing.role === "host" || call.standing.consultation.state === "live";
}

/** A call goes on without the login; its banner offers to log in again. */
function needsLogin(call: Call): boolean {
  return call.barred === "login" && call.stage !== "live" && call.stage !== "joining" && call.stage !== "ended";
}

/** A phone that locks in the waiting room would miss the start. */
function needsWakeLock(call: Call): boolean {
  return call.stage === "waiting" || call.stage === "joining" || call.stage === "live" || (call.stage === "early" && call.presence === "here");
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
