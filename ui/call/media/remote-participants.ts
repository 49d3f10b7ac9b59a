// Remote participants of the media room as plain values for the views.

import { Track, type Participant, type Room } from "livekit-client";
import type { RemoteParticipant } from "../state.ts";

export type VideoSource = "camera" | "screen";

export const TRACK_SOURCES = { camera: Track.Source.Camera, screen: Track.Source.ScreenShare } as const;

export function remoteParticipantsOf(room: Room): RemoteParticipant[] {
  return [...room.remoteParticipants.values()].map(remoteParticipantOf);
}

function remoteParticipantOf(person: Participant): RemoteParticipant {
  return {
    id: person.identity,
    name: person.name ?? "",
    camera: isPublishing(person, Track.Source.Camera),
    microphone: isPublishing(person, Track.Source.Microphone),
    screen: isPublishing(person, Track.Source.ScreenShare),
    speaking: person.isSpeaking,
  };
}

function isPublishing(person: Participant, source: Track.Source): boolean {
  const publication = person.getTrackPublication(source);
  return publication !== undefined && !publication.isMuted;
}
