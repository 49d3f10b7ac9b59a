// What is said and shown around the call: to the ear, in the tab, by the keys.

import assert from "node:assert/strict";
import { test } from "node:test";
import { announcement } from "./announce.ts";
import { eventFor, type Press } from "./keys.ts";
import { next } from "./next.ts";
import type { Call, Seat } from "./state.ts";
import { after, opened, told } from "./testing/sample.ts";
import { titleOf } from "./title.ts";
import { words } from "./words.ts";

const mira: Seat = { id: "par_mira", name: "", camera: true, microphone: true, screen: false, speaking: false };

function hostInCall(): Call {
  return after(opened({ role: "host", state: "live" }, { here: true }), { type: "connected" });
}

test("who comes and goes is said by the name of the booking", () => {
  const alone = hostInCall();
  const named = next(alone, told(alone, { state: "live", waiting: ["par_mira"] }));
  const together = next(named, { type: "seats", seats: [mira] });
  assert.equal(announcement(named, together), "Mira Lang joined");
  assert.equal(announcement(together, next(together, { type: "seats", seats: [] })), "Mira Lang left");
});

test("when our own line breaks, nobody is said to have left", () => {
  const together = next(hostInCall(), { type: "seats", seats: [mira] });
  const broken = next(together, { type: "disconnected", why: "lost" });
  assert.equal(announcement(together, broken), words.live.reconnecting);
});

test("a guest at the door is announced once", () => {
  const call = hostInCall();
  const knocked = next(call, told(call, { state: "live", waiting: ["par_mira"] }));
  assert.equal(announcement(call, knocked), "Mira Lang is waiting");
  assert.equal(announcement(knocked, next(knocked, { type: "line", up: true })), undefined);
});

test("the tab says how many wait, and never who", () => {
  const call = next(opened({ role: "host" }), told(opened({ role: "host" }), { waiting: ["par_mira", "par_tom"] }));
  assert.equal(titleOf(call, "Consultation"), "(2) Waiting now · Consultation");
  assert.ok(!titleOf(call, "Consultation").includes("Mira"));
});

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

test("people are named with the practice's own words", () => {
  const therapy = { ...opened().standing, words: { host: "therapist", guest: "client", consultation: "session" }, people: [] };
  assert.equal(words.appointment.title(therapy), "Your session with your\u00a0therapist");
  assert.equal(words.notification.starting(therapy), "Your session is starting");
});
