// What is restored from storages that another version, or a person, has written to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadState } from "./storage.ts";
import { standing } from "./testing/fixtures.ts";

function restored(t: { after(done: () => void): void }, tab: unknown): ReturnType<typeof loadState> {
  const storage = { getItem: (key: string) => (key.startsWith("anteroom.con_1") ? JSON.stringify(tab) : null) };
  Object.defineProperty(globalThis, "sessionStorage", { value: storage, configurable: true });
  t.after(() => void Reflect.deleteProperty(globalThis, "sessionStorage"));
  return loadState(standing());
}

test("moves and fits are restored as they were saved", (t) => {
  const saved = { here: true, knownMoves: ["par_mira 2026-11-20T10:50:00Z"], fits: { par_mira: "whole", par_jan: "fill" } };
  const { here, knownMoves, fits } = restored(t, saved);
  assert.deepEqual({ here, knownMoves, fits }, saved);
});

test("of what is damaged the known values are restored", (t) => {
  const rows: [unknown, unknown][] = [["par_mira", undefined], [{ length: 1 }, undefined], [null, undefined], [[7, "a", null, ["b"]], ["a"]]];
  for (const [knownMoves, expected] of rows) assert.deepEqual(restored(t, { knownMoves }).knownMoves, expected);
  const fits: [unknown, unknown][] = [["whole", undefined], [["whole"], undefined], [null, undefined], [{ a: "fill", b: "zoomed", c: 1, d: null }, { a: "fill" }]];
  for (const [damaged, expected] of fits) assert.deepEqual(restored(t, { fits: damaged }).fits, expected);
});
