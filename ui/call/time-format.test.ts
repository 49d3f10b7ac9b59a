import assert from "node:assert/strict";
import { test } from "node:test";
import { useTestWords } from "../l10n/testing.ts";
import { countdown, elapsed, hour, length, minutes } from "./time-format.ts";

const MINUTE = 60_000;

useTestWords();

test("countdown shows seconds in the last hour, else two largest units", () => {
  assert.equal(countdown(0), "0:00");
  assert.equal(countdown(400), "0:01");
  assert.equal(countdown(9 * MINUTE + 5_000), "9:05");
  assert.equal(countdown(60 * MINUTE), "1 h");
  assert.equal(countdown(192 * MINUTE), "3 h 12 min");
  assert.equal(countdown(25 * 60 * MINUTE), "1 day 1 h");
  assert.equal(countdown(48 * 60 * MINUTE), "2 days");
});

test("countdown and elapsed time never go below zero", () => {
  assert.equal(countdown(-5_000), "0:00");
  assert.equal(elapsed(-5_000), "0:00");
});

test("elapsed time is formatted as a clock", () => {
  assert.equal(elapsed(7_900), "0:07");
  assert.equal(elapsed(62 * MINUTE + 3_000), "1:02:03");
});

test("length is formatted with singular and plural units", () => {
  assert.equal(length(1), "1 second");
  assert.equal(length(59), "59 seconds");
  assert.equal(length(60), "1 minute");
  assert.equal(length(29 * 60 + 40), "30 minutes");
  assert.equal(length(90 * 60), "1 h 30 min");
});

test("hour uses the appointment zone, an unknown zone falls back", () => {
  assert.equal(hour("2026-11-20T10:00:00Z", "Europe/Berlin"), "11:00");
  assert.equal(hour("2026-03-29T01:30:00Z", "Europe/Berlin"), "03:30");
  assert.match(hour("2026-11-20T10:00:00Z", "Mars/Olympus"), /^\d\d:\d\d$/);
});

test("minutes are rounded down and never negative", () => {
  assert.equal(minutes(59_999), 0);
  assert.equal(minutes(-1), 0);
  assert.equal(minutes(3 * MINUTE), 3);
});

test("lengths are in the language of the page", () => {
  useTestWords("de");
  assert.deepEqual([length(60), length(25 * 60), length(90 * 60)], ["1 Minute", "25 Minuten", "1 h 30 min"]);
  assert.equal(countdown(25 * 60 * MINUTE), "1 Tag 1 h");
  useTestWords();
});
