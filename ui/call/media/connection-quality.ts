// Connection quality: good, weak or lost, from two readings of the WebRTC statistics. Pure.

import type { ConnectionQuality } from "../state.ts";

/** Totals since the connection was made, over all tracks received and sent. */
export interface StatsTotals {
  received: number;
  lost: number;
  /** Share of our packets that the receiver reported lost (`fractionLost`), 0 to 1. */
  remoteLoss: number;
  /** Round-trip time in seconds. */
  roundTripS: number;
  /** At least one subscribed remote track is not muted. */
  expectsMedia: boolean;
}

const WEAK_LOSS = 0.05;
const WEAK_ROUND_TRIP_S = 0.5;

export function rateConnection(before: StatsTotals, now: StatsTotals): ConnectionQuality {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  if (now.expectsMedia && before.expectsMedia && received <= 0) return "lost";
  const loss = received > 0 ? lost / (received + lost) : 0;
  return loss > WEAK_LOSS || now.remoteLoss > WEAK_LOSS || now.roundTripS > WEAK_ROUND_TRIP_S ? "weak" : "good";
}

/** Adds the entries of one `RTCStatsReport`. */
export function addReport(totals: StatsTotals, report: Iterable<Record<string, unknown>>): StatsTotals {
  const sum = { ...totals };
  for (const entry of report) {
    if (entry["type"] === "inbound-rtp") {
      sum.received += number(entry["packetsReceived"]);
      sum.lost += number(entry["packetsLost"]);
    } else if (entry["type"] === "remote-inbound-rtp") {
      sum.remoteLoss = Math.max(sum.remoteLoss, number(entry["fractionLost"]));
      sum.roundTripS = Math.max(sum.roundTripS, number(entry["roundTripTime"]));
    }
  }
  return sum;
}

export const NO_STATS: StatsTotals = { received: 0, lost: 0, remoteLoss: 0, roundTripS: 0, expectsMedia: false };

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
