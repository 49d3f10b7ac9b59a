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

test("phases follow one another and add up to the whole", () => {
  const phases = phasesOf(MARKS);
  assert.deepEqual(phases, { ticket: 10, socket: 20, ICE: 30, DTLS: 40, "first frame": 200, total: 300 });
});

test("a page that left out a mark is found, not measured as zero", () => {
  const { "transport:ice": _, ...marks } = MARKS;
  assert.throws(() => phasesOf(marks), /never marked transport:ice/);
});

test("percentiles are values that were measured", () => {
  const sorted = Array.from({ length: 20 }, (_, n) => n + 1);
  assert.deepEqual([percentile(sorted, 50), percentile(sorted, 95), percentile([7], 95)], [10, 19, 7]);
  assert.match(table([phasesOf(MARKS)]), /^phase +p50 +p95 +worst\nticket +10 +10 +10\n/);
});
