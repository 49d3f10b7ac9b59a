import assert from "node:assert/strict";
import { test } from "node:test";
import { overtakenRows } from "./row-versions.ts";

const rows = (versions: Record<string, number>) => new Map(Object.entries(versions));

test("a row that was overtaken on its way stays out", () => {
  const overtaken = overtakenRows(rows({ a: 5, b: 2, c: 1 }), rows({ a: 4, b: 3, c: 1, d: 9 }), rows({ a: 3, b: 2 }));
  assert.deepEqual(overtaken, ["a"], "newer, equal and new rows replace what the page has");
});

test("a row that the page did not have when it asked can be overtaken too", () => {
  assert.deepEqual(overtakenRows(rows({ a: 5 }), rows({ a: 4 }), rows({})), ["a"]);
});

test("rows of a restored server are shown although they are older", () => {
  assert.deepEqual(overtakenRows(rows({ a: 5 }), rows({ a: 2 }), rows({ a: 5 })), []);
});
