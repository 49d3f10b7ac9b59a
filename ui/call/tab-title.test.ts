import assert from "node:assert/strict";
import { test } from "node:test";
import { reduce } from "./reducer.ts";
import { titleOf } from "./tab-title.ts";
import { openCall, standingEvent } from "./testing/fixtures.ts";

test("tab title counts waiting guests without names", () => {
  const call = reduce(openCall({ role: "host" }), standingEvent(openCall({ role: "host" }), { waiting: ["par_mira", "par_tom"] }));
  assert.equal(titleOf(call), "(2) Waiting now · Your consultation, 12:00 · Praxis am Park");
  assert.ok(!titleOf(openCall()).includes("Weber"));
  assert.ok(!titleOf(call).includes("Mira"));
});
