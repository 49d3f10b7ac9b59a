import assert from "node:assert/strict";
import { test } from "node:test";
import { next } from "./reducer.ts";
import { announcement } from "./screen-reader.ts";
import type { Seat } from "./state.ts";
import { hostInCall, told } from "./testing/fixtures.ts";
import { words } from "./messages.ts";

const mira: Seat = { id: "par_mira", name: "", camera: true, microphone: true, screen: false, speaking: false };

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
