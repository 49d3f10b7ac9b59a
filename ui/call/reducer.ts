// What each event makes of a call. Pure: the same call and event give the same call, whatever the hour.

import type { Standing } from "../protocol/standing.ts";
import { shouldConnect, shouldEnter, stageOf, usesDevices } from "./stage.ts";
import type { Call, CallEvent, Device, Errand, Trouble, Which } from "./state.ts";

/** Automatic attempts before the person is told that it does not work. */
export const ENOUGH_TRIES = 7;

export function next(call: Call, event: CallEvent): Call {
  return settle(moved(call, event));
}

function moved(call: Call, event: CallEvent): Call {
  switch (event.type) {
    case "standing":       return told(call, event.standing, event.at);
    case "line":           return { ...call, lineUp: event.up };
    case "tick":           return ticked(call, event.at);
    case "rested":         return { ...call, resting: false };
    case "visible":        return { ...call, visible: event.visible };
    case "came-back":      return { ...cameBack(call), refreshes: call.refreshes + 1 };
    case "look":           return { ...call, looking: true };
    case "come":           return { ...arrive(call), looking: true };
    case "stay-out":       return call.stage === "early" ? { ...call, place: "outside" } : call;
    case "start":          return call.standing.may.start ? run({ ...arrive(call), looking: true }, "start") : call;
    case "leave":          return leave(call);
    case "end":            return run({ ...call, dialog: undefined }, "end");
    case "admit":          return run(call, `admit ${event.who}`);
    case "decline":        return run(call, `decline ${event.who}`);
    case "toggle":         return toggle(call, event.which);
    case "choose":         return choose(call, event.which, event.id);
    case "flip":           return flip(call);
    case "retry":          return again(call, event.which);
    case "do-without":     return { ...call, camera: doWithout(call.camera), microphone: doWithout(call.microphone) };
    case "share":          return call.stage === "live" ? { ...call, screen: event.on ? "asking" : "off" } : call;
    case "ask":            return { ...call, dialog: event.dialog };
    case "dismiss":        return { ...call, notice: undefined };
    case "shortcuts":      return { ...call, shortcuts: event.on };
    case "errand-done":    return succeeded({ ...call, errands: without(call.errands, event.errand) }, event.errand);
    case "errand-failed":  return stumbled({ ...call, errands: without(call.errands, event.errand) }, event.errand, event.trouble);
    case "connected":      return call.connection === "joining" ? { ...call, connection: "up", wasUp: true, tries: 0 } : call;
    case "connect-failed": return call.connection === "none" ? call : refusedAtTheDoor(call, event.trouble);
    case "reconnecting":   return call.connection === "up" ? { ...call, connection: "reconnecting" } : call;
    case "reconnected":    return call.connection === "reconnecting" ? { ...call, connection: "up" } : call;
    case "disconnected":   return call.connection === "none" ? call : cutOff(call, event.why);
    case "seats":          return call.connection === "none" ? call : { ...call, seats: event.seats };
    case "quality":        return { ...call, quality: event.quality };
    case "sound":          return { ...call, soundBlocked: event.blocked };
    case "device":         return { ...call, [event.which]: heardFrom(call[event.which], event) };
    case "choices":        return { ...call, choices: event.choices };
    case "screen":         return { ...call, screen: event.state };
  }
}

/** Follows from the facts alone, after every event: what to begin, what to give up, which screen it is. */
function settle(moved: Call): Call {
  let call = { ...moved, stage: stageOf(moved) };
  if (call.connection !== "none" && call.stage !== "joining" && call.stage !== "live") {
    call = { ...offTheLine(call), tries: 0 };
  }
  if (call.stage !== "live" && call.stage !== "joining") call = { ...call, wasUp: false, screen: "off" };
  if (shouldEnter(call)) call = run(call, "enter");
  if (shouldConnect(call)) call = { ...call, connection: "joining" };
  if (call.dialog && !suits(call)) call = { ...call, dialog: undefined };
  for (const which of ["camera", "microphone"] as const) {
    const device = call[which];
    if (!usesDevices(call) && device.state !== "idle") call = { ...call, [which]: idle(device) };
    if (usesDevices(call) && device.state === "lost" && call.visible) call = again(call, which);
  }
  return { ...call, stage: stageOf(call) };
}

const RANK = { planned: 0, live: 1, ended: 2 } as const;

/** The server's word. An answer that overtook a newer one is dropped: what has ended never comes back to life. */
function told(call: Call, standing: Standing, at: number): Call {
  const known = call.standing;
  const older =
    Date.parse(standing.now) < Date.parse(known.now) ||
    RANK[standing.consultation.state] < RANK[known.consultation.state];
  if (older) return call;
  const told = { ...call, standing, skew: Date.parse(standing.now) - at, lineUp: true };
  const sentAway = standing.entry !== known.entry && (standing.entry === "declined" || standing.entry === "left");
  // Without this a guest who was declined, or left on another device, would be walked straight back in.
  if (standing.role === "guest" && sentAway && call.place === "here" && !call.errands.includes("enter")) {
    return { ...told, place: standing.entry === "left" ? "left" : "outside" };
  }
  return told;
}

/** The door's hour has come but the news has not: ask for it, every few seconds and no oftener. */
function ticked(call: Call, at: number): Call {
  const { door } = call.standing;
  const due = door.state === "too_early" && Date.parse(door.opens_at) <= at + call.skew;
  return due && !call.resting ? { ...call, resting: true, refreshes: call.refreshes + 1 } : call;
}

/** The network, or the page, is back: whatever was resting or given up goes on at once. */
function cameBack(call: Call): Call {
  return { ...call, resting: false, tries: 0, place: call.place === "failed" ? "here" : call.place };
}

function arrive(call: Call): Call {
  return { ...call, place: "here", resting: false, tries: 0, notice: undefined, dialog: undefined };
}

function leave(call: Call): Call {
  const left: Call = { ...call, place: "left", dialog: undefined };
  const { role, entry } = call.standing;
  return role === "guest" && (entry === "waiting" || entry === "admitted") ? run(left, "depart") : left;
}

function run(call: Call, errand: Errand): Call {
  return call.errands.includes(errand) ? call : { ...call, errands: [...call.errands, errand], notice: undefined };
}

function succeeded(call: Call, errand: Errand): Call {
  const after = { ...call, tries: 0, notice: undefined };
  const inside = call.standing.entry === "waiting" || call.standing.entry === "admitted";
  // A yes that leaves the guest outside must not be asked for again in the same breath, for ever.
  return errand === "enter" && !inside ? { ...after, resting: true, tries: call.tries + 1 } : after;
}

function stumbled(call: Call, errand: Errand, trouble: Trouble): Call {
  const after = { ...call, notice: trouble, refreshes: call.refreshes + 1 };
  if (errand === "enter" && (trouble.kind === "unreachable" || trouble.code === "too_early")) {
    return { ...after, resting: true, tries: call.tries + 1 };
  }
  if (errand === "enter" || errand === "start") return { ...after, place: "outside" };
  return after;
}

function refusedAtTheDoor(call: Call, trouble: Trouble): Call {
  if (trouble.kind === "refused" && trouble.code === "superseded") return replaced(call);
  return retryLater(offTheLine(call), trouble);
}

function cutOff(call: Call, why: "replaced" | "put-out" | "lost"): Call {
  if (why === "replaced") return replaced(call);
  return retryLater(offTheLine(call), call.notice);
}

function replaced(call: Call): Call {
  return { ...offTheLine(call), place: "replaced" };
}

function retryLater(call: Call, notice: Trouble | undefined): Call {
  const tries = call.tries + 1;
  const place = tries >= ENOUGH_TRIES ? "failed" : call.place;
  return { ...call, tries, place, notice, resting: true, refreshes: call.refreshes + 1 };
}

function offTheLine(call: Call): Call {
  return { ...call, connection: "none", seats: [], screen: "off", quality: "unknown", soundBlocked: false };
}

function toggle(call: Call, which: Which): Call {
  const device = call[which];
  const wanted = device.state === "problem" ? true : !device.wanted;
  return again({ ...call, [which]: { ...device, wanted } }, which, wanted && device.state === "problem");
}

function choose(call: Call, which: Which | "speaker", id: string): Call {
  if (which === "speaker") return { ...call, speaker: id };
  return { ...call, [which]: { ...call[which], id, wanted: true } };
}

/** The other camera of a phone. Which one it is, only the phone knows by name; front and back it knows for sure. */
function flip(call: Call): Call {
  const facing = call.camera.facing === "user" ? "environment" : "user";
  return { ...call, camera: { ...call.camera, id: undefined, facing, wanted: true } };
}

function again(call: Call, which: Which, really = true): Call {
  const device = call[which];
  if (!really) return call;
  return { ...call, [which]: { ...device, state: "asking", problem: undefined, tries: device.tries + 1 } };
}

function heardFrom(device: Device, event: Extract<CallEvent, { type: "device" }>): Device {
  return { ...device, state: event.state, problem: event.problem, id: event.id ?? device.id };
}

/** The person goes on without a device that failed; switching it on later is a fresh question. */
function doWithout(device: Device): Device {
  return device.state === "problem" ? { ...idle(device), wanted: false, tries: device.tries + 1 } : device;
}

function idle(device: Device): Device {
  return { ...device, state: "idle", problem: undefined };
}

function suits(call: Call): boolean {
  if (call.dialog === "end") return call.standing.may.end && (call.stage === "live" || call.stage === "left");
  if (call.dialog === "leave") return call.stage === "live" || call.stage === "waiting" || call.stage === "joining";
  return ["early", "ready", "waiting", "live"].includes(call.stage);
}

function without(errands: readonly Errand[], done: Errand): readonly Errand[] {
  return errands.filter((errand) => errand !== done);
}
