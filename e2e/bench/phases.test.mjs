import assert from "node:assert/strict";
import { test } from "node:test";

import { percentile, phasesOf, table } from "./phases.mjs";

const MARKS = {
  "anteroom:tap": 1000,
  "anteroom:ticket": 1010,
  "anteroom:socket": 1030,
  "transport:ice": 1060,
  "transport:dtls": 1100,
  "anteroom:first-frame": 1300,
};

test("the phases add up to the total", () => {
  const phases = phasesOf(MARKS);
  assert.deepEqual(phases, { ticket: 10, socket: 20, ICE: 30, DTLS: 40, "first frame": 200, total: 300 });
});

test("a missing mark is an error, not a phase of zero", () => {
  const { "transport:ice": _, ...marks } = MARKS;
  assert.throws(() => phasesOf(marks), /did not set the mark transport:ice/);
});

test("percentiles are measured values", () => {
  const sorted = Array.from({ length: 20 }, (_, n) => n + 1);
  assert.deepEqual([percentile(sorted, 50), percentile(sorted, 95), percentile([7], 95)], [10, 19, 7]);
  assert.match(table([phasesOf(MARKS)]), /^phase +p50 +p95 +worst\nticket +10 +10 +10\n/);
});
