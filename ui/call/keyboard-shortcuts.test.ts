import assert from "node:assert/strict";
import { test } from "node:test";
import { eventFor, type KeyPress } from "./keyboard-shortcuts.ts";
import { reduce } from "./reducer.ts";
import { hostInCall, openCall } from "./testing/fixtures.ts";

test("M and V toggle unless typing, modified, repeated or disabled", () => {
  const call = hostInCall();
  const press = (more: Partial<KeyPress>): KeyPress => ({ key: "m", modified: false, repeated: false, typing: false, ...more });
  assert.deepEqual(eventFor(press({}), call), { type: "toggle-device", kind: "microphone" });
  assert.deepEqual(eventFor(press({ key: "V" }), call), { type: "toggle-device", kind: "camera" });
  assert.equal(eventFor(press({ key: " " }), call), undefined);
  assert.equal(eventFor(press({ typing: true }), call), undefined);
  assert.equal(eventFor(press({ modified: true }), call), undefined);
  assert.equal(eventFor(press({ repeated: true }), call), undefined);
  assert.equal(eventFor(press({}), reduce(call, { type: "shortcuts", on: false })), undefined);
  assert.equal(eventFor(press({}), openCall()), undefined, "no toggle before devices are requested");
});
