// The quality mark of the call: the worse of both ways, with a name where it is not one's own.

import { messages } from "./messages.ts";
import { nameOf } from "./screen-reader.ts";
import type { Call, ConnectionQuality, RemoteParticipant } from "./state.ts";

/** Of both ways: a good connection of one's own is not a good connection to the other. */
export function shownQuality(call: Call): { level: ConnectionQuality; sentence: string } {
  const own = call.linkSilent ? "lost" : call.connectionQuality;
  const { quality, qualityOf } = messages.inCall;
  for (const level of ["lost", "weak"] as const) {
    const participant = call.remoteParticipants.find((each) => levelOf(each) === level);
    if (participant && !call.linkSilent) return { level, sentence: qualityOf(level, nameOf(call, participant)) };
    if (own === level) return { level, sentence: quality[level] };
  }
  return { level: own, sentence: quality[own] };
}

function levelOf({ arrival, quality, picture, sound, unsent }: RemoteParticipant): ConnectionQuality {
  if (arrival !== "arriving") return "lost";
  const half = picture !== "arriving" || sound !== "arriving" || unsent !== undefined;
  return half && quality !== "lost" ? "weak" : quality;
}
