// Screen reader announcements: at most one short sentence per change of state, shown in an ARIA live region.

import { waitingGuests } from "./effects.ts";
import { moveOf, movedGuests } from "./guests.ts";
import type { Unsent } from "./media/send-watchdog.ts";
import type { Call, Device, RemoteParticipant } from "./state.ts";
import { otherName, messages } from "./messages.ts";
import { isAsked } from "./stage.ts";

export function announcement(before: Call, after: Call): string | undefined {
  if (isAsked(after) && !isAsked(before)) return messages.inCall.stillThere(after.standing);
  return participantChange(before, after) ?? connectionChange(before, after) ?? ownDeviceChange(before, after);
}

/** A participant may report something else with every message; one that is read out takes some seconds. */
const HELD_MS = 10_000;

/**
 * What each participant reports not to be able to send, as it is announced: a change is followed at most once in ten seconds.
 * What is shown changes at once.
 */
export class HeldNotices {
  #held = new Map<string, { unsent: Unsent | undefined; since: number }>();

  /** The call as it is to be announced. `now` in milliseconds, of a clock that may be set. */
  hold(call: Call, now: number): Call {
    const before = this.#held;
    this.#held = new Map();
    let isHeld = false;
    const remoteParticipants = call.remoteParticipants.map((participant) => {
      const known = before.get(participant.id) ?? { unsent: undefined, since: -Infinity };
      const isDue = Math.abs(now - known.since) >= HELD_MS;
      const notice = participant.unsent !== known.unsent && isDue ? { unsent: participant.unsent, since: now } : known;
      this.#held.set(participant.id, notice);
      if (notice.unsent === participant.unsent) return participant;
      isHeld = true;
      return { ...participant, unsent: notice.unsent };
    });
    return isHeld ? { ...call, remoteParticipants } : call;
  }
}

function participantChange(before: Call, after: Call): string | undefined {
  const known = new Set(waitingGuests(before).map((person) => person.id));
  const arrived = waitingGuests(after).find((person) => !known.has(person.id));
  if (arrived) return messages.screenReader.guestWaiting(arrived.name);
  const movesBefore = new Set(movedGuests(before).map(moveOf));
  const moved = movedGuests(after).find((person) => !movesBefore.has(moveOf(person)));
  if (moved) return messages.inCall.moved(moved.name);
  // While our own connection is down, everyone appears to join and leave.
  if (before.connection !== "up" || after.connection !== "up") return undefined;
  const came = after.remoteParticipants.find((participant) => !find(before, participant.id));
  if (came) return messages.screenReader.joined(nameOf(after, came));
  const gone = before.remoteParticipants.find((participant) => !find(after, participant.id));
  if (gone) return messages.screenReader.left(nameOf(after, gone));
  for (const participant of after.remoteParticipants) {
    const known = find(before, participant.id);
    const [was, is] = [known && arrivalSentence(before, known), arrivalSentence(after, participant)];
    if (is && is !== was) return is;
    if (was && !is) return messages.screenReader.backOf(nameOf(after, participant));
  }
  const sharing = after.remoteParticipants.find((participant) => participant.screen && find(before, participant.id)?.screen === false);
  return sharing && messages.screenReader.shares(nameOf(after, sharing));
}

function connectionChange(before: Call, after: Call): string | undefined {
  if (after.stage !== "live" || before.stage !== "live" || before.connection === after.connection) return undefined;
  if (before.connection === "up") return messages.inCall.reconnecting;
  return after.connection === "up" ? messages.screenReader.back : undefined;
}

function ownDeviceChange(before: Call, after: Call): string | undefined {
  if (after.unsent && before.unsent !== after.unsent) return messages.inCall.unsent(after.unsent);
  for (const kind of ["camera", "microphone"] as const) {
    if (before[kind].state === "ready" && hasStopped(after[kind], before[kind])) return messages.deviceProblem.stopped(kind);
  }
  if (before.microphone.wanted !== after.microphone.wanted) {
    return after.microphone.wanted ? messages.screenReader.unmuted : messages.screenReader.muted;
  }
  if (before.camera.wanted !== after.camera.wanted) {
    return after.camera.wanted ? messages.screenReader.cameraOn : messages.screenReader.cameraOff;
  }
  return undefined;
}

/** It ended by itself: requested again at once while the page is in front. */
function hasStopped({ state, wanted, attempts }: Device, before: Device): boolean {
  return wanted && (state === "lost" || (state === "asking" && attempts > before.attempts));
}

/** Why a participant is neither visible nor audible, if it is not their own choice. */
export function arrivalSentence(call: Call, participant: RemoteParticipant): string | undefined {
  if (call.linkSilent) return messages.inCall.interrupted;
  const name = nameOf(call, participant);
  if (participant.arrival === "nothing") return messages.inCall.nothingFrom(name);
  if (participant.arrival === "interrupted" || participant.quality === "lost") return messages.inCall.interruptedOf(name);
  if (participant.unsent) return messages.inCall.unsentOf(participant.unsent, name);
  if (participant.camera && participant.picture === "paused") return messages.inCall.pausedOf(name);
  if (participant.camera && participant.picture === "still") return messages.inCall.stillOf(name);
  return participant.microphone && participant.sound === "missing" ? messages.inCall.soundlessOf(name) : undefined;
}

/** The picture shown of them is not what they look like now. */
export function isPictureOld(call: Call, { arrival, quality, picture }: RemoteParticipant): boolean {
  return call.linkSilent || arrival === "interrupted" || quality === "lost" || picture !== "arriving";
}

/** The name from the appointment; the name from the media room only where the appointment has none. */
export function nameOf(call: Call, participant: RemoteParticipant): string {
  return call.standing.people.find((person) => person.id === participant.id)?.name ?? (participant.name || (otherName(call.standing) ?? ""));
}

function find(call: Call, id: string): RemoteParticipant | undefined {
  return call.remoteParticipants.find((participant) => participant.id === id);
}
