// Screen reader announcements: at most one short sentence per change of state, shown in an ARIA live region.

import { waitingGuests } from "./effects.ts";
import type { Call, RemoteParticipant } from "./state.ts";
import { otherName, messages } from "./messages.ts";

export function announcement(before: Call, after: Call): string | undefined {
  return participantChange(before, after) ?? connectionChange(before, after) ?? ownDeviceChange(before, after);
}

function participantChange(before: Call, after: Call): string | undefined {
  const known = new Set(waitingGuests(before).map((person) => person.id));
  const arrived = waitingGuests(after).find((person) => !known.has(person.id));
  if (arrived) return messages.screenReader.guestWaiting(arrived.name);
  // While our own connection is down, everyone appears to join and leave.
  if (before.connection !== "up" || after.connection !== "up") return undefined;
  const came = after.remoteParticipants.find((participant) => !find(before, participant.id));
  if (came) return messages.screenReader.joined(nameOf(after, came));
  const gone = before.remoteParticipants.find((participant) => !find(after, participant.id));
  if (gone) return messages.screenReader.left(nameOf(after, gone));
  const changed = after.remoteParticipants.find((participant) => find(before, participant.id)?.arrival !== participant.arrival);
  const sentence = changed && arrivalSentence(after, changed);
  if (sentence) return sentence;
  if (changed && find(before, changed.id)?.arrival === "interrupted") return messages.screenReader.backOf(nameOf(after, changed));
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
  if (before.microphone.wanted !== after.microphone.wanted) {
    return after.microphone.wanted ? messages.screenReader.unmuted : messages.screenReader.muted;
  }
  if (before.camera.wanted !== after.camera.wanted) {
    return after.camera.wanted ? messages.screenReader.cameraOn : messages.screenReader.cameraOff;
  }
  return undefined;
}

/** Why a participant is neither visible nor audible, if it is not their own choice. */
export function arrivalSentence(call: Call, participant: RemoteParticipant): string | undefined {
  if (call.linkSilent) return messages.inCall.interrupted;
  const name = nameOf(call, participant);
  if (participant.arrival === "nothing") return messages.inCall.nothingFrom(name);
  return participant.arrival === "interrupted" || participant.quality === "lost" ? messages.inCall.interruptedOf(name) : undefined;
}

/** The name from the appointment; the name from the media room only where the appointment has none. */
export function nameOf(call: Call, participant: RemoteParticipant): string {
  return call.standing.people.find((person) => person.id === participant.id)?.name ?? (participant.name || (otherName(call.standing) ?? ""));
}

function find(call: Call, id: string): RemoteParticipant | undefined {
  return call.remoteParticipants.find((participant) => participant.id === id);
}
