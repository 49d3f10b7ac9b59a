// Whether picture and sound of each remote participant arrive. Pure: time is passed in, in milliseconds.

import { follow, stalledMs, type Stall } from "./stall.ts";

/** `nothing`: in the room, and not one track was published. `interrupted`: unmuted, and neither a frame nor sound arrives. */
export type MediaArrival = "arriving" | "nothing" | "interrupted";

export interface RemoteReading {
  id: string;
  /** Has published camera or microphone, muted or not. */
  published: boolean;
  /** Tracks that should arrive: subscribed, unmuted, not paused. With the frames or packets received so far. */
  expected: readonly { id: string; received: number }[];
}

interface Followed {
  seenSince: number;
  publishedBefore: boolean;
  /** The sum over the expected tracks, and which these are. */
  received: Stall | undefined;
  tracks: string;
}

export type Arrivals = ReadonlyMap<string, Followed>;
export const NO_ARRIVALS: Arrivals = new Map();

const INTERRUPTED_MS = 2_000;
/** Until the first frame: a connection and a keyframe take their time. */
const FIRST_MS = 5_000;
const UNPUBLISHED_MS = 4_000;

export function followArrivals(before: Arrivals, remote: readonly RemoteReading[], at: number): Arrivals {
  return new Map(remote.map((reading) => [reading.id, followed(before.get(reading.id), reading, at)]));
}

function followed(before: Followed | undefined, { published, expected }: RemoteReading, at: number): Followed {
  const tracks = expected.map((track) => track.id).sort().join();
  const sum = expected.reduce((total, track) => total + track.received, 0);
  // Another set of tracks counts from its own beginning: an unmuted camera gets time for its first frame.
  const same = before?.tracks === tracks ? before.received : undefined;
  return {
    seenSince: before?.seenSince ?? at,
    publishedBefore: published || (before?.publishedBefore ?? false),
    received: expected.length > 0 ? follow(same, sum, at) : undefined,
    tracks,
  };
}

export function arrivalOf(arrivals: Arrivals, id: string, at: number): MediaArrival {
  const person = arrivals.get(id);
  if (!person) return "arriving";
  if (!person.publishedBefore) return at - person.seenSince >= UNPUBLISHED_MS ? "nothing" : "arriving";
  const { received } = person;
  if (!received) return "arriving";
  return stalledMs(received) >= (received.moved ? INTERRUPTED_MS : FIRST_MS) ? "interrupted" : "arriving";
}
