import assert from "node:assert/strict";
import { test } from "node:test";
import { useSiteTestWords } from "../l10n/testing.ts";
import { waitingTime } from "./waiting-time.ts";

const shown = () => [-5_000, 0, 59_999, 60_000, 119_999, 3_600_000, 60_000_000].map(waitingTime);

test("waiting time is in whole minutes and never negative", () => {
  useSiteTestWords("en");
  assert.deepEqual(shown(), ["just now", "just now", "just now", "1 min", "1 min", "60 min", "1000 min"]);
  useSiteTestWords("de");
  assert.deepEqual(shown().slice(2, 4), ["gerade eben", "1 min"]);
});
