// Remote participants of the media room as plain values for the views.

import { ConnectionQuality, Track, type Participant, type Room } from "livekit-client";
import type { RemoteParticipant } from "../state.ts";
import type { IncomingMedia } from "./arrivals.ts";

export type VideoSource = "camera" | "screen";

export const TRACK_SOURCES = { camera: Track.Source.Camera, screen: Track.Source.ScreenShare } as const;

/** Without what statistics show or others report. */
type Listed = Omit<RemoteParticipant, keyof IncomingMedia | "unsent">;

export function remoteParticipantsOf(room: Room): Listed[] {
  return [...room.remoteParticipants.values()].map(remoteParticipantOf);
}

function remoteParticipantOf(person: Participant): Listed {
  return {
    id: person.identity,
    name: person.name ?? "",
    camera: isPublishing(person, Track.Source.Camera),
    microphone: isPublishing(person, Track.Source.Microphone),
    screen: isPublishing(person, Track.Source.ScreenShare),
    screenPaused: isPaused(person, Track.Source.ScreenShare),
    speaking: person.isSpeaking,
    quality: qualityOf(person),
  };
}

function qualityOf({ connectionQuality }: Participant): RemoteParticipant["quality"] {
  switch (connectionQuality) {
    case ConnectionQuality.Lost:    return "lost";
    case ConnectionQuality.Poor:    return "weak";
    case ConnectionQuality.Unknown: return "unknown";
    default:                        return "good";
  }
}

/** The server holds it back, because the connection does not carry it. */
export function isPaused(person: Participant, source: Track.Source): boolean {
  const publication = person.getTrackPublication(source);
  return publication?.track?.streamState === Track.StreamState.Paused && !publication.isMuted && publication.isEnabled;
}

function isPublishing(person: Participant, source: Track.Source): boolean {
  const publication = person.getTrackPublication(source);
  return publication !== undefined && !publication.isMuted;
}
