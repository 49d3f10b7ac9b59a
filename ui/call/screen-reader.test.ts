import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRIVING } from "./media/arrivals.ts";
import { reduce } from "./reducer.ts";
import { announcement } from "./screen-reader.ts";
import type { RemoteParticipant } from "./state.ts";
import { hostInCall, standingEvent } from "./testing/fixtures.ts";
import { messages } from "./messages.ts";

const mira: RemoteParticipant = { id: "par_mira", name: "", camera: true, microphone: true, screen: false, speaking: false, quality: "good", ...ARRIVING, screenPaused: false };

test("joining and leaving are announced with the booked name", () => {
  const alone = hostInCall();
  const named = reduce(alone, standingEvent(alone, { state: "live", waiting: ["par_mira"] }));
  const together = reduce(named, { type: "remote-participants", remoteParticipants: [mira] });
  assert.equal(announcement(named, together), "Mira Lang joined");
  assert.equal(announcement(together, reduce(together, { type: "remote-participants", remoteParticipants: [] })), "Mira Lang left");
});

test("a lost connection is announced, not that others left", () => {
  const together = reduce(hostInCall(), { type: "remote-participants", remoteParticipants: [mira] });
  const broken = reduce(together, { type: "disconnected", cause: "lost" });
  assert.equal(announcement(together, broken), messages.inCall.reconnecting);
});

test("a waiting guest is announced once", () => {
  const call = hostInCall();
  const arrived = reduce(call, standingEvent(call, { state: "live", waiting: ["par_mira"] }));
  assert.equal(announcement(call, arrived), "Mira Lang is waiting");
  assert.equal(announcement(arrived, reduce(arrived, { type: "status-stream", up: true })), undefined);
});
