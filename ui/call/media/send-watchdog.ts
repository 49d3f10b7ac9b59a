// Notices that camera or microphone are on and nothing is sent, and decides what to do: publish again, then connect again,
// then report it. Pure: time is passed in, in milliseconds.

import type { DeviceKind } from "../state.ts";
import { follow, stalledMs, type Stall } from "./stall.ts";

/** A track that is captured and switched on. */
export interface SentTrack {
  /** Packets sent so far; undefined while it is not published. */
  packets: number | undefined;
  /** The server has asked for no layer of it, because nobody is shown it. */
  paused: boolean;
}

export type SentTracks = { readonly [kind in DeviceKind]?: SentTrack };
export type Unsent = DeviceKind | "both";

export type WatchdogAction =
  | { do: "republish"; kinds: readonly DeviceKind[] }
  | { do: "reconnect" }
  /** `unsent` is undefined when everything is sent again. */
  | { do: "report"; unsent: Unsent | undefined };

export interface SendWatch {
  stalls: { readonly [kind in DeviceKind]?: Stall };
  /** What was tried since packets were last sent for a while. */
  tried: "nothing" | "republish" | "reconnect";
  reported: Unsent | undefined;
  /** Since when everything is sent. */
  healthySince: number | undefined;
}

export const NOT_WATCHED: SendWatch = { stalls: {}, tried: "nothing", reported: undefined, healthySince: undefined };

const STALLED_MS = 3_000;
/** After this time without a stall a new one is met by publishing again. */
const HEALED_MS = 10_000;
const KINDS: readonly DeviceKind[] = ["camera", "microphone"];

export function watchSending(watch: SendWatch, tracks: SentTracks, at: number): { watch: SendWatch; action?: WatchdogAction } {
  const stalls = Object.fromEntries(
    KINDS.flatMap((kind) => {
      const track = tracks[kind];
      // -1 while it is not published: a first publication counts as a change, one without packets does not.
      return track && !track.paused ? [[kind, follow(watch.stalls[kind], track.packets || -1, at)]] : [];
    }),
  ) as SendWatch["stalls"];
  const stalled = KINDS.filter((kind) => isStalled(stalls[kind]));
  if (stalled.length === 0) return healthy({ ...watch, stalls }, at);
  if (watch.tried === "nothing") {
    return { watch: restarted(watch, "republish"), action: { do: "republish", kinds: stalled } };
  }
  if (watch.tried === "republish") return { watch: restarted(watch, "reconnect"), action: { do: "reconnect" } };
  const unsent = stalled.length > 1 ? "both" : stalled[0];
  const after: SendWatch = { ...watch, stalls, healthySince: undefined, reported: unsent };
  return watch.reported === unsent ? { watch: after } : { watch: after, action: { do: "report", unsent } };
}

/** The connection is not up: packets cannot be sent, and the page shows that by other means. */
export function pauseWatch(watch: SendWatch): SendWatch {
  return { ...watch, stalls: {}, healthySince: undefined };
}

function healthy(watch: SendWatch, at: number): { watch: SendWatch; action?: WatchdogAction } {
  const moving = KINDS.every((kind) => stalledMs(watch.stalls[kind] ?? NOTHING) < STALLED_MS / 2);
  const since = moving ? (watch.healthySince ?? at) : undefined;
  const healed = since !== undefined && at - since >= HEALED_MS;
  const after: SendWatch = { ...watch, healthySince: since, ...(healed && { tried: "nothing" as const }) };
  if (watch.reported === undefined || !moving) return { watch: after };
  return { watch: { ...after, reported: undefined }, action: { do: "report", unsent: undefined } };
}

const NOTHING: Stall = { value: 0, at: 0, since: 0, moved: false };

function isStalled(stall: Stall | undefined): boolean {
  return stall !== undefined && stalledMs(stall) >= STALLED_MS;
}

function restarted(watch: SendWatch, tried: SendWatch["tried"]): SendWatch {
  return { ...watch, stalls: {}, tried, healthySince: undefined };
}
