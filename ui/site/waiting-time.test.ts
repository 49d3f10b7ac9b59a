import assert from "node:assert/strict";
import { test } from "node:test";
import { waitingTime } from "./waiting-time.ts";

test("waiting time is in whole minutes and never negative", () => {
  const shown = [-5_000, 0, 59_999, 60_000, 119_999, 3_600_000].map(waitingTime);
  assert.deepEqual(shown, ["just now", "just now", "just now", "1 min", "1 min", "60 min"]);
});
