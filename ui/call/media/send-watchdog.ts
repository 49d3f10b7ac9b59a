// Notices that camera or microphone are on and nothing of them is sent, and decides what to do for each by itself: publish
// again, then connect again, then report it. Connecting again interrupts what is sent and received otherwise: for a camera
// alone it is tried once. Pure: time is passed in, in milliseconds.

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

interface Watched {
  stall: Stall | undefined;
  /** What was tried since packets were last sent for a while. */
  tried: "nothing" | "republish" | "reconnect";
  reported: boolean;
  /** The connection was made again while it was not sent. Kept as long as the person is in the call: a camera may fail again. */
  reconnected: boolean;
  /** Since when it is sent. */
  healthySince: number | undefined;
}

export type SendWatch = { readonly [kind in DeviceKind]: Watched };

const UNKNOWN: Watched = { stall: undefined, tried: "nothing", reported: false, reconnected: false, healthySince: undefined };
export const NOT_WATCHED: SendWatch = { camera: UNKNOWN, microphone: UNKNOWN };

const STALLED_MS = 3_000;
/** After this time without a stall a new one is met by publishing again. */
const HEALED_MS = 10_000;
const KINDS: readonly DeviceKind[] = ["camera", "microphone"];

export function watchSending(before: SendWatch, tracks: SentTracks, at: number): { watch: SendWatch; action?: WatchdogAction } {
  const watch = each((kind) => read(before[kind], tracks[kind], at));
  const stalled = (tried: Watched["tried"]): DeviceKind[] => KINDS.filter((kind) => isStalled(watch[kind]) && watch[kind].tried === tried);
  const fresh = stalled("nothing");
  if (fresh.length > 0) {
    return { watch: each((kind) => (fresh.includes(kind) ? restarted(watch[kind], "republish") : watch[kind])), action: { do: "republish", kinds: fresh } };
  }
  if (stalled("republish").some((kind) => kind === "microphone" || !watch.camera.reconnected)) {
    return { watch: each((kind) => (isStalled(watch[kind]) ? reconnected(watch[kind]) : restarted(watch[kind], watch[kind].tried))), action: { do: "reconnect" } };
  }
  const after = each((kind) => (isStalled(watch[kind]) ? { ...watch[kind], reported: true } : watch[kind]));
  const unsent = unsentOf(after);
  return unsent === unsentOf(before) ? { watch: after } : { watch: after, action: { do: "report", unsent } };
}

/** The connection is not up: packets cannot be sent, and the page shows that by other means. */
export function pauseWatch(watch: SendWatch): SendWatch {
  return each((kind) => restarted(watch[kind], watch[kind].tried));
}

function read(before: Watched, track: SentTrack | undefined, at: number): Watched {
  // -1 while it is not published: a first publication counts as a change, one without packets does not.
  const stall = track && !track.paused ? follow(before.stall, track.packets || -1, at) : undefined;
  const moving = stall === undefined || stalledMs(stall) < STALLED_MS / 2;
  if (!moving) return { ...before, stall, healthySince: undefined };
  const since = before.healthySince ?? at;
  return { ...before, stall, tried: at - since >= HEALED_MS ? "nothing" : before.tried, reported: false, healthySince: since };
}

function isStalled({ stall }: Watched): boolean {
  return stall !== undefined && stalledMs(stall) >= STALLED_MS;
}

function restarted(watched: Watched, tried: Watched["tried"]): Watched {
  return { ...watched, stall: undefined, tried, healthySince: undefined };
}

function reconnected(watched: Watched): Watched {
  return { ...restarted(watched, "reconnect"), reconnected: true };
}

function unsentOf(watch: SendWatch): Unsent | undefined {
  const kinds = KINDS.filter((kind) => watch[kind].reported);
  return kinds.length > 1 ? "both" : kinds[0];
}

function each(of: (kind: DeviceKind) => Watched): SendWatch {
  return { camera: of("camera"), microphone: of("microphone") };
}
