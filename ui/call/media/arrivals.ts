// Whether picture and sound of each remote participant arrive, each by itself: a picture that stands still while a person
// goes on speaking must not look like one that lives. Pure: time is passed in, in milliseconds.

import type { DeviceKind } from "../state.ts";
import { follow, stalledMs, type Stall } from "./stall.ts";

/** `nothing`: in the room, and not one track was published. `interrupted`: nothing arrives of all that is switched on. */
export type MediaArrival = "arriving" | "nothing" | "interrupted";

/** What arrives of one participant. */
export interface IncomingMedia {
  arrival: MediaArrival;
  /** `still`: frames stopped while sound goes on. `paused`: the server holds it back, for lack of bandwidth. */
  picture: "arriving" | "still" | "paused";
  /** `missing`: sound stopped while frames go on. */
  sound: "arriving" | "missing";
}

export interface RemoteReading {
  id: string;
  /** Has published camera or microphone, muted or not. */
  published: boolean;
  /** Tracks that should arrive: subscribed, unmuted, not paused. With the frames or packets received so far. */
  expected: readonly { id: string; kind: DeviceKind; received: number }[];
  /** The server has paused the camera. */
  paused: boolean;
}

interface Followed {
  seenSince: number;
  publishedBefore: boolean;
  paused: boolean;
  /** By the id of the track: another one counts from its own beginning, so an unmuted camera gets time for its first frame. */
  tracks: ReadonlyMap<string, { kind: DeviceKind; received: Stall }>;
}

export type Arrivals = ReadonlyMap<string, Followed>;
export const NO_ARRIVALS: Arrivals = new Map();
export const ARRIVING: IncomingMedia = { arrival: "arriving", picture: "arriving", sound: "arriving" };

const INTERRUPTED_MS = 2_000;
/** Until the first frame: a connection and a keyframe take their time. */
const FIRST_MS = 5_000;
const UNPUBLISHED_MS = 4_000;

export function followArrivals(before: Arrivals, remote: readonly RemoteReading[], at: number): Arrivals {
  return new Map(remote.map((reading) => [reading.id, followed(before.get(reading.id), reading, at)]));
}

function followed(before: Followed | undefined, { published, expected, paused }: RemoteReading, at: number): Followed {
  const tracks = expected.map(({ id, kind, received }) => [id, { kind, received: follow(before?.tracks.get(id)?.received, received, at) }] as const);
  return {
    seenSince: before?.seenSince ?? at,
    publishedBefore: published || (before?.publishedBefore ?? false),
    paused,
    tracks: new Map(tracks),
  };
}

export function arrivalOf(arrivals: Arrivals, id: string, at: number): IncomingMedia {
  const person = arrivals.get(id);
  if (!person) return ARRIVING;
  if (!person.publishedBefore) return { ...ARRIVING, arrival: at - person.seenSince >= UNPUBLISHED_MS ? "nothing" : "arriving" };
  const tracks = [...person.tracks.values()];
  const stopped = tracks.filter(({ received }) => hasStopped(received)).map(({ kind }) => kind);
  const picture = person.paused ? "paused" : stopped.includes("camera") ? "still" : "arriving";
  return {
    arrival: tracks.length > 0 && stopped.length === tracks.length ? "interrupted" : "arriving",
    picture,
    sound: stopped.includes("microphone") ? "missing" : "arriving",
  };
}

function hasStopped(received: Stall): boolean {
  return stalledMs(received) >= (received.moved ? INTERRUPTED_MS : FIRST_MS);
}
