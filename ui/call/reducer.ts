// The reducer: computes the next call from a call and an event. Pure: no clock, no I/O.

import { isInside } from "./guests.ts";
import { isAsked, shouldConnect, shouldEnter, stageOf, usesDevices } from "./stage.ts";
import type { Call, CallEvent, Device, ServerRequest, RequestFailure, DeviceKind } from "./state.ts";

/** Automatic attempts before the page shows that connecting failed. */
export const MAX_ATTEMPTS = 7;
/** Each of these takes eight seconds, and the network that blocks media does not change its mind. */
const MAX_MEDIA_ATTEMPTS = 3;
/** Pages that wait for a room to open ask within this time after it. */
const REFRESH_WITHIN_MS = 4_000;
const MOST_KNOWN_MOVES = 20;

export function reduce(call: Call, event: CallEvent): Call {
  return applyConsequences(apply(call, event));
}

function apply(call: Call, event: CallEvent): Call {
  switch (event.type) {
    case "standing":            return receiveStanding(call, event);
    case "status-stream":       return { ...call, statusStreamUp: event.up };
    case "status-superseded":   return { ...call, statusSuperseded: event.superseded };
    case "status-refused":      return { ...call, statusStreamUp: false, barred: event.code === "not_logged_in" ? "login" : "link" };
    case "tick":                return refreshWhenDue(call, event.at);
    case "retry-due":           return { ...call, retryPending: false };
    case "visible":             return { ...call, visible: event.visible };
    case "resume":              return { ...resume(call), refreshes: call.refreshes + 1 };
    case "use-devices":         return { ...call, devicesRequested: true };
    case "join":                return { ...arrive(call), devicesRequested: true };
    case "cancel-join":         return call.stage === "early" ? { ...call, presence: "outside" } : call;
    case "start":               return call.standing.may.start ? addRequest({ ...arrive(call), devicesRequested: true }, "start") : call;
    case "leave":               return leave(call);
    case "end":                 return addRequest({ ...call, dialog: undefined }, "end");
    case "still-there":         return isAsked(call) ? addRequest(call, "still-there") : call;
    case "admit":               return addRequest(call, `admit ${event.participantId}`);
    case "decline":             return addRequest(call, `decline ${event.participantId}`);
    case "expel":               return addRequest({ ...call, dialog: undefined }, `expel ${event.participantId}`);
    case "know-move":           return { ...call, knownMoves: [...call.knownMoves, event.move].slice(-MOST_KNOWN_MOVES) };
    case "toggle-device":       return toggleDevice(call, event.kind);
    case "select-device":       return selectDevice(call, event.kind, event.id);
    case "flip-camera":         return flipCamera(call);
    case "retry-device":        return retryDevice(call, event.kind);
    case "continue-without":    return { ...call, camera: disableFailed(call.camera), microphone: disableFailed(call.microphone) };
    case "share-screen":        return call.stage === "live" ? { ...call, screenShare: event.on ? "asking" : "off" } : call;
    case "dialog":              return { ...call, dialog: event.dialog, about: event.about };
    case "dismiss-notice":      return { ...call, notice: undefined };
    case "shortcuts":           return { ...call, shortcuts: event.on };
    case "own-corner":          return { ...call, ownCorner: event.corner };
    case "choose-fit":          return { ...call, fits: { ...call.fits, [event.participantId]: event.fit } };
    case "request-done":        return requestDone({ ...call, requests: withoutRequest(call.requests, event.request) }, event.request);
    case "request-failed":      return requestFailed({ ...call, requests: withoutRequest(call.requests, event.request) }, event.request, event.failure);
    case "connected":           return call.connection === "joining" ? { ...call, connection: "up", wasConnected: true, attempts: 0, notice: undefined } : call;
    case "connect-failed":      return call.connection === "none" ? call : connectFailed(call, event.failure);
    case "reconnecting":        return call.connection === "up" ? { ...call, connection: "reconnecting" } : call;
    case "reconnected":         return call.connection === "reconnecting" ? { ...call, connection: "up" } : call;
    case "disconnected":        return call.connection === "none" ? call : disconnected(call, event.cause);
    case "remote-participants": return call.connection === "none" ? call : meet(call, event.remoteParticipants);
    case "connection-quality":  return { ...call, connectionQuality: event.quality };
    case "unsent":              return { ...call, unsent: event.unsent };
    case "link":                return { ...call, linkSilent: event.silent };
    case "reconnect-media":     return call.connection === "up" ? withoutConnection(call) : call;
    case "audio-blocked":       return { ...call, audioBlocked: event.blocked };
    case "device-state":        return { ...call, [event.kind]: updateDevice(call[event.kind], event) };
    case "device-options":      return { ...call, deviceOptions: event.options };
    case "screen-share":        return { ...call, screenShare: event.state };
  }
}

/** Runs after every event: derives from the state what to start, what to stop and which stage it is. */
function applyConsequences(changed: Call): Call {
  let call = { ...changed, stage: stageOf(changed) };
  if (call.connection !== "none" && call.stage !== "joining" && call.stage !== "live") {
    call = { ...withoutConnection(call), attempts: 0 };
  }
  if (call.stage !== "live" && call.stage !== "joining") call = { ...call, wasConnected: false, met: false, screenShare: "off", unsent: undefined };
  if (shouldEnter(call)) call = addRequest(call, "enter");
  if (shouldConnect(call)) call = { ...call, connection: "joining" };
  if (call.dialog && !isDialogAllowed(call)) call = { ...call, dialog: undefined };
  for (const kind of ["camera", "microphone"] as const) {
    const device = call[kind];
    if (!usesDevices(call) && device.state !== "idle") call = { ...call, [kind]: idle(device) };
    if (usesDevices(call) && device.state === "lost" && call.visible) call = retryDevice(call, kind);
  }
  return { ...call, stage: stageOf(call) };
}

/**
 * Takes a standing from the server. One that was overtaken by a newer one is dropped. One that is older than what the page
 * had when it asked was not overtaken: the server was restored from a backup.
 */
function receiveStanding(call: Call, { standing, at, asked }: Extract<CallEvent, { type: "standing" }>): Call {
  const known = call.standing;
  if (standing.version < known.version && standing.version >= asked) return call;
  const updated: Call = { ...call, standing, clockSkewMs: Date.parse(standing.now) - at, statusStreamUp: true, barred: undefined, taking: call.taking && standing.place !== "here" };
  if (standing.place === "elsewhere" && call.presence === "here" && !call.taking) return replaced(updated);
  const removed = standing.entry !== known.entry && (standing.entry === "declined" || standing.entry === "left");
  // Without this a guest who was declined, or left on another device, would rejoin automatically.
  if (standing.role !== "host" && removed && call.presence === "here" && !call.requests.includes("enter")) {
    return { ...updated, presence: standing.entry === "left" ? "left" : "outside" };
  }
  return updated;
}

/**
 * The opening time has passed but no new standing arrived: request one, at most once per retry delay. At nine o'clock a
 * thousand rooms open: their pages do not ask in the same moment.
 */
function refreshWhenDue(call: Call, at: number): Call {
  const { door } = call.standing;
  const asksAt = Date.parse(door.opens_at) + call.spread * REFRESH_WITHIN_MS;
  const due = door.state === "too_early" && asksAt <= at + call.clockSkewMs;
  return due && !call.retryPending ? { ...call, retryPending: true, refreshes: call.refreshes + 1 } : call;
}

/** Network or page are back: pending and abandoned attempts start again at once. */
function resume(call: Call): Call {
  return { ...call, retryPending: false, attempts: 0, presence: call.presence === "failed" ? "here" : call.presence };
}

function arrive(call: Call): Call {
  const taking = call.standing.place !== "here";
  return { ...call, presence: "here", taking, retryPending: false, attempts: 0, notice: undefined, dialog: undefined };
}

function leave(call: Call): Call {
  const left: Call = { ...call, presence: "left", dialog: undefined };
  const { role, entry } = call.standing;
  return role !== "host" && (entry === "waiting" || entry === "admitted") ? addRequest(left, "depart") : left;
}

function addRequest(call: Call, request: ServerRequest): Call {
  return call.requests.includes(request) ? call : { ...call, requests: [...call.requests, request], notice: undefined };
}

function requestDone(call: Call, request: ServerRequest): Call {
  const after: Call = { ...call, attempts: 0, notice: undefined, taking: call.taking && request !== "enter" };
  const inside = call.standing.entry === "waiting" || call.standing.entry === "admitted";
  // A success that leaves the guest outside must not be repeated at once: that would be an endless loop.
  return request === "enter" && !inside ? { ...after, retryPending: true, attempts: call.attempts + 1 } : after;
}

function requestFailed(call: Call, request: ServerRequest, failure: RequestFailure): Call {
  const after: Call = { ...call, notice: failure, refreshes: call.refreshes + 1 };
  if (request === "enter" && (failure.kind !== "refused" || failure.code === "too_early")) {
    return { ...after, retryPending: true, attempts: call.attempts + 1 };
  }
  if (request === "enter" || request === "start") return { ...after, presence: "outside", taking: false };
  return after;
}

function connectFailed(call: Call, failure: RequestFailure): Call {
  if (failure.kind === "refused" && failure.code === "superseded") return replaced(call);
  return retryLater(withoutConnection(call), failure);
}

function disconnected(call: Call, cause: "replaced" | "removed" | "lost"): Call {
  if (cause === "replaced") return replaced(call);
  return retryLater(withoutConnection(call), call.notice);
}

function replaced(call: Call): Call {
  return { ...withoutConnection(call), presence: "replaced", taking: false };
}

function retryLater(call: Call, notice: RequestFailure | undefined): Call {
  const attempts = call.attempts + 1;
  const most = notice?.kind === "media-blocked" ? MAX_MEDIA_ATTEMPTS : MAX_ATTEMPTS;
  const presence = attempts >= most ? "failed" : call.presence;
  return { ...call, attempts, presence, notice, retryPending: true, refreshes: call.refreshes + 1 };
}

function meet(call: Call, remoteParticipants: Call["remoteParticipants"]): Call {
  return { ...call, remoteParticipants, met: call.met || remoteParticipants.length > 0 };
}

function withoutConnection(call: Call): Call {
  return { ...call, connection: "none", remoteParticipants: [], screenShare: "off", connectionQuality: "unknown", linkSilent: false, audioBlocked: false };
}

function toggleDevice(call: Call, kind: DeviceKind): Call {
  const device = call[kind];
  const wanted = device.state === "problem" ? true : !device.wanted;
  const toggled: Call = { ...call, [kind]: { ...device, wanted } };
  return device.state === "problem" ? retryDevice(toggled, kind) : toggled;
}

function selectDevice(call: Call, kind: DeviceKind | "speaker", id: string): Call {
  if (kind === "speaker") return { ...call, speaker: id };
  return { ...call, [kind]: { ...call[kind], id, wanted: true } };
}

/** Switches a phone between front and back camera, by `facingMode`: device ids and labels do not say which is which. */
function flipCamera(call: Call): Call {
  const facing = call.camera.facing === "user" ? "environment" : "user";
  return { ...call, camera: { ...call.camera, id: undefined, facing, wanted: true } };
}

function retryDevice(call: Call, kind: DeviceKind): Call {
  const device = call[kind];
  return { ...call, [kind]: { ...device, state: "asking", problem: undefined, attempts: device.attempts + 1 } };
}

function updateDevice(device: Device, event: Extract<CallEvent, { type: "device-state" }>): Device {
  return { ...device, state: event.state, problem: event.problem, id: event.id ?? device.id };
}

/** Continue without a device that failed; switching it on later requests it again. */
function disableFailed(device: Device): Device {
  return device.state === "problem" ? { ...idle(device), wanted: false, attempts: device.attempts + 1 } : device;
}

function idle(device: Device): Device {
  return { ...device, state: "idle", problem: undefined };
}

function isDialogAllowed(call: Call): boolean {
  if (call.dialog === "end") return call.standing.may.end && (call.stage === "live" || call.stage === "left");
  if (call.dialog === "expel") return call.standing.role === "host" && isInside(call.standing, call.about);
  if (call.dialog === "leave") return call.stage === "live" || call.stage === "waiting" || call.stage === "joining";
  return ["early", "ready", "waiting", "live"].includes(call.stage);
}

function withoutRequest(requests: readonly ServerRequest[], done: ServerRequest): readonly ServerRequest[] {
  return requests.filter((request) => request !== done);
}
