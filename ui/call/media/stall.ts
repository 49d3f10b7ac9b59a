// How long a counter has stood still. Pure: time is passed in, in milliseconds.

export interface Stall {
  /** The counter, and when it was read last. */
  value: number;
  at: number;
  /** When it changed last. */
  since: number;
  /** It has changed since it was read first. */
  moved: boolean;
}

/** Longer pauses between two readings (a device that slept, a page that was frozen) say nothing about the counter. */
const MAX_GAP_MS = 3_500;

export function follow(before: Stall | undefined, value: number, at: number): Stall {
  if (!before) return { value, at, since: at, moved: value > 0 };
  if (value !== before.value) return { value, at, since: at, moved: true };
  return { ...before, at, since: at - before.at > MAX_GAP_MS ? at : before.since };
}

export function stalledMs(stall: Stall): number {
  return stall.at - stall.since;
}
