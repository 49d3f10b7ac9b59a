// How good the line is, in the three words a person can use. Pure: two readings in, a word out.

import type { Quality } from "../state.ts";

/** Totals since the call began, over everything we receive and send. */
export interface Reading {
  received: number;
  lost: number;
  /** Share of our own packets that the other end missed lately, 0 to 1. */
  missed: number;
  /** Seconds there and back. */
  roundTrip: number;
  /** Somebody is there who should be sending us something. */
  expecting: boolean;
}

const LOSS_FELT = 0.05;
const DELAY_FELT_S = 0.5;

export function judge(before: Reading, now: Reading): Quality {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  if (now.expecting && before.expecting && received <= 0) return "lost";
  const loss = received > 0 ? lost / (received + lost) : 0;
  return loss > LOSS_FELT || now.missed > LOSS_FELT || now.roundTrip > DELAY_FELT_S ? "weak" : "good";
}

/** Adds up one statistics report of the browser. */
export function add(reading: Reading, report: Iterable<Record<string, unknown>>): Reading {
  const sum = { ...reading };
  for (const entry of report) {
    if (entry["type"] === "inbound-rtp") {
      sum.received += number(entry["packetsReceived"]);
      sum.lost += number(entry["packetsLost"]);
    } else if (entry["type"] === "remote-inbound-rtp") {
      sum.missed = Math.max(sum.missed, number(entry["fractionLost"]));
      sum.roundTrip = Math.max(sum.roundTrip, number(entry["roundTripTime"]));
    }
  }
  return sum;
}

export const NOTHING: Reading = { received: 0, lost: 0, missed: 0, roundTrip: 0, expecting: false };

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
