import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRIVING } from "./media/arrivals.ts";
import { aloneTexts } from "./alone.ts";
import type { Call, RemoteParticipant } from "./state.ts";
import { afterEvents, NOW, openCall } from "./testing/fixtures.ts";

const WEBER: RemoteParticipant = {
  id: "par_host", name: "Dr. Weber", camera: true, microphone: true, screen: false, speaking: false, quality: "good", ...ARRIVING, screenPaused: false,
};

function guestInCall(startedAt: number): Call {
  const call = afterEvents(openCall({ state: "live", entry: "admitted" }, { here: true }), { type: "connected" });
  const consultation = { ...call.standing.consultation, started_at: new Date(startedAt).toISOString() };
  return { ...call, standing: { ...call.standing, consultation } };
}

test("a host who has just started is on the way; one who was here is not any more", () => {
  const call = guestInCall(NOW);
  assert.equal(aloneTexts(call, NOW + 5_000).title, "Dr. Weber is on the way");
  assert.equal(aloneTexts(call, NOW + 90_000).title, "Dr. Weber is not in the room any more");
  const left = afterEvents(call, { type: "remote-participants", remoteParticipants: [WEBER] }, { type: "remote-participants", remoteParticipants: [] });
  assert.equal(aloneTexts(left, NOW + 5_000).title, "Dr. Weber is not in the room any more");
  assert.match(aloneTexts(left, NOW + 5_000).hint, /close this page/);
});

test("who is alone because of the own connection reads that", () => {
  const lost = afterEvents(guestInCall(NOW), { type: "remote-participants", remoteParticipants: [WEBER] }, { type: "disconnected", cause: "lost" });
  assert.match(aloneTexts(lost, NOW + 5_000).title, /reconnecting/i);
});

test("going back in begins anew", () => {
  const met = afterEvents(guestInCall(NOW), { type: "remote-participants", remoteParticipants: [WEBER] });
  assert.deepEqual([met.met, afterEvents(met, { type: "leave" }).met], [true, false]);
});
