// Which screen a call is on. Derived from the facts each time, never stored by hand, so that no order of events
// can leave someone on a screen the server does not agree with.

import type { JoinWindowState } from "../protocol/standing.ts";
import type { Call, Stage } from "./state.ts";

export function stageOf(call: Call): Stage {
  const { standing, presence } = call;
  const { consultation, door, role, entry } = standing;

  if (consultation.state === "ended" || door.state === "ended") return "ended";
  if (NO_ROOM.includes(door.state)) return "closed";
  if (presence === "replaced" || presence === "failed") return presence;
  if (isLive(call)) return "live";
  if (door.state === "too_late") return "closed";
  if (role === "guest" && entry === "declined") return "declined";
  if (presence === "left" || (role === "guest" && entry === "left")) return "left";
  if (presence === "here" && mayConnect(call)) return "joining";
  if (door.state === "too_early") return "early";
  if (role === "guest" && presence === "here" && (entry === "waiting" || entry === "admitted")) return "waiting";
  return "ready";
}

/** Doors behind which there is nothing, now or ever. */
const NO_ROOM: readonly JoinWindowState[] = ["cancelled", "not_confirmed", "in_person"];

/** The server lets this person into the room now. */
export function mayConnect(call: Call): boolean {
  return call.standing.may.ticket && isAdmittedToLiveRoom(call);
}

function isAdmittedToLiveRoom({ standing }: Call): boolean {
  return standing.consultation.state === "live" && (standing.role === "host" || standing.entry === "admitted");
}

/** Seen and heard, or on the way back to it after a broken line. A call that runs past its door's hours goes on. */
function isLive(call: Call): boolean {
  const joined = call.connection === "up" || call.connection === "reconnecting";
  return call.presence === "here" && call.wasConnected && isAdmittedToLiveRoom(call) && (joined || call.standing.may.ticket);
}

/** A guest who is here, with an open door and no place in the waiting room yet, goes in by themselves. */
export function shouldEnter(call: Call): boolean {
  const { standing } = call;
  return (
    standing.role === "guest" &&
    call.presence === "here" &&
    standing.door.state === "open" &&
    standing.may.enter &&
    standing.consultation.state !== "ended" &&
    standing.entry !== "waiting" &&
    standing.entry !== "admitted" &&
    !call.requests.includes("enter") &&
    !call.requests.includes("depart") &&
    !call.retryPending
  );
}

/** Whoever may be in the room and wants to be goes there without another tap. */
export function shouldConnect(call: Call): boolean {
  return (
    call.presence === "here" &&
    call.connection === "none" &&
    !call.retryPending &&
    mayConnect(call) &&
    call.standing.door.state !== "ended" &&
    !NO_ROOM.includes(call.standing.door.state)
  );
}

const STAGES_WITH_DEVICES: readonly Stage[] = ["early", "ready", "waiting", "joining", "live"];

/** Camera and microphone are ours to use: after a tap, and only where they serve the person. */
export function usesDevices(call: Call): boolean {
  return call.devicesRequested && STAGES_WITH_DEVICES.includes(call.stage);
}
