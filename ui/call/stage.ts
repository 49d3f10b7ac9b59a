// Derives the stage (which screen is shown) from the state, after every event. It is never set directly, so no order of
// events can leave the page on a screen that contradicts the server.

import type { JoinWindowState } from "../protocol/standing.ts";
import type { Call, Stage } from "./state.ts";

export function stageOf(call: Call): Stage {
  const { standing, presence } = call;
  const { consultation, door, role, entry } = standing;

  if (consultation.state === "ended" || door.state === "ended") return "ended";
  if (NO_ROOM.includes(door.state)) return "closed";
  if (presence === "replaced" || presence === "failed") return presence;
  if (isLive(call)) return "live";
  if (call.barred === "link") return "closed";
  if (door.state === "too_late" && !standing.may.wait && !standing.may.ticket) return "closed";
  if (role !== "host" && entry === "declined") return "declined";
  if (presence === "left" || (role !== "host" && entry === "left")) return "left";
  if (presence === "here" && mayConnect(call)) return "joining";
  if (door.state === "too_early") return "early";
  if (role !== "host" && presence === "here" && (entry === "waiting" || entry === "admitted")) return "waiting";
  return "ready";
}

/** Join window states without a room, now or later. */
const NO_ROOM: readonly JoinWindowState[] = ["cancelled", "not_confirmed", "in_person"];

/** The server would issue a ticket to this person now. */
export function mayConnect(call: Call): boolean {
  return call.standing.may.ticket && isAdmittedToLiveRoom(call);
}

function isAdmittedToLiveRoom({ standing }: Call): boolean {
  return standing.consultation.state === "live" && (standing.role === "host" || standing.entry === "admitted");
}

/** Connected, or reconnecting after a lost connection. A call that runs past its join window goes on. */
function isLive(call: Call): boolean {
  const joined = call.connection === "up" || call.connection === "reconnecting";
  const mayReturn = call.standing.may.ticket && call.barred !== "link";
  return call.presence === "here" && call.wasConnected && isAdmittedToLiveRoom(call) && (joined || mayReturn);
}

/** The call runs long past its planned end, and its participants are asked whether they are still there. */
export function isAsked(call: Call): boolean {
  return call.stage === "live" && Boolean(call.standing.consultation.answer_until);
}

/**
 * A guest who has joined enters the waiting room automatically as soon as the join window is open. One who is in it, or in
 * the call, in another tab enters again here: this moves the seat.
 */
export function shouldEnter(call: Call): boolean {
  const { standing } = call;
  const inside = standing.entry === "waiting" || standing.entry === "admitted";
  return (
    standing.role !== "host" &&
    call.presence === "here" &&
    (inside ? call.taking && standing.may.wait : standing.may.enter) &&
    !call.requests.includes("enter") &&
    !call.requests.includes("depart") &&
    !call.retryPending
  );
}

/** Connects without another tap once the person has joined and the server allows it. */
export function shouldConnect(call: Call): boolean {
  return (
    call.presence === "here" &&
    call.connection === "none" &&
    !call.retryPending &&
    (!call.taking || call.standing.role === "host") && // a guest moves the seat first: otherwise the ticket is refused
    mayConnect(call) &&
    call.standing.door.state !== "ended" &&
    !NO_ROOM.includes(call.standing.door.state)
  );
}

const STAGES_WITH_DEVICES: readonly Stage[] = ["early", "ready", "waiting", "joining", "live"];

/** Camera and microphone are captured only after a tap, and only in stages that show or send them. */
export function usesDevices(call: Call): boolean {
  return call.devicesRequested && STAGES_WITH_DEVICES.includes(call.stage);
}
