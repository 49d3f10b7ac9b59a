// Who is in the room with us, as plain values the views can draw.

import { Track, type Participant, type Room } from "livekit-client";
import type { Seat } from "../state.ts";

export type Source = "camera" | "screen";

export const SOURCES = { camera: Track.Source.Camera, screen: Track.Source.ScreenShare } as const;

export function seatsOf(room: Room): Seat[] {
  return [...room.remoteParticipants.values()].map(seatOf);
}

function seatOf(person: Participant): Seat {
  return {
    id: person.identity,
    name: person.name ?? "",
    camera: isSent(person, Track.Source.Camera),
    microphone: isSent(person, Track.Source.Microphone),
    screen: isSent(person, Track.Source.ScreenShare),
    speaking: person.isSpeaking,
  };
}

function isSent(person: Participant, source: Track.Source): boolean {
  const publication = person.getTrackPublication(source);
  return publication !== undefined && !publication.isMuted;
}
