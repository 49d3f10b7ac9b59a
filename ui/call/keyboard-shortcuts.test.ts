import assert from "node:assert/strict";
import { test } from "node:test";
import { eventFor, type Press } from "./keyboard-shortcuts.ts";
import { next } from "./reducer.ts";
import { hostInCall, opened } from "./testing/fixtures.ts";

test("M and V switch, unless somebody types, holds a modifier, or wants no shortcuts", () => {
  const call = hostInCall();
  const press = (more: Partial<Press>): Press => ({ key: "m", modified: false, repeated: false, typing: false, ...more });
  assert.deepEqual(eventFor(press({}), call), { type: "toggle", which: "microphone" });
  assert.deepEqual(eventFor(press({ key: "V" }), call), { type: "toggle", which: "camera" });
  assert.equal(eventFor(press({ key: " " }), call), undefined);
  assert.equal(eventFor(press({ typing: true }), call), undefined);
  assert.equal(eventFor(press({ modified: true }), call), undefined);
  assert.equal(eventFor(press({ repeated: true }), call), undefined);
  assert.equal(eventFor(press({}), next(call, { type: "shortcuts", on: false })), undefined);
  assert.equal(eventFor(press({}), opened()), undefined, "nothing is switched before a tap");
});
