import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivalSentence } from "./screen-reader.ts";
import { shownQuality } from "./shown-quality.ts";
import type { Call, RemoteParticipant } from "./state.ts";
import { hostInCall } from "./testing/fixtures.ts";

const MIRA: RemoteParticipant = {
  id: "par_mira", name: "Mira Lang", camera: true, microphone: true, screen: false, speaking: false, quality: "good", arrival: "arriving",
};
const callWith = (mira: Partial<RemoteParticipant>, own: Partial<Call> = {}): Call => ({
  ...hostInCall(), connectionQuality: "good", ...own, remoteParticipants: [{ ...MIRA, ...mira }],
});

test("a good connection of one's own is not a good connection to the other", () => {
  assert.deepEqual(shownQuality(callWith({})), { level: "good", sentence: "Good connection" });
  assert.deepEqual(shownQuality(callWith({ quality: "weak" })), { level: "weak", sentence: "Mira Lang: weak connection" });
  assert.deepEqual(shownQuality(callWith({ arrival: "interrupted" })).sentence, "Mira Lang: no video or sound");
  assert.deepEqual(shownQuality(callWith({ arrival: "nothing" })).level, "lost");
  assert.deepEqual(shownQuality(callWith({ quality: "weak" }, { connectionQuality: "lost" })), { level: "lost", sentence: "No video or sound" });
});

test("whose connection is interrupted is named, unless it is one's own", () => {
  const sentence = (call: Call): string | undefined => arrivalSentence(call, call.remoteParticipants[0] ?? MIRA);
  assert.equal(sentence(callWith({})), undefined);
  assert.equal(sentence(callWith({ arrival: "interrupted" })), "Mira Lang’s connection is interrupted");
  assert.equal(sentence(callWith({ quality: "lost" })), "Mira Lang’s connection is interrupted");
  assert.equal(sentence(callWith({ arrival: "nothing" })), "No picture or sound arrives from Mira Lang");
  assert.equal(sentence(callWith({ arrival: "interrupted" }, { linkSilent: true })), "Your connection is interrupted");
  assert.equal(shownQuality(callWith({ arrival: "interrupted" }, { linkSilent: true })).sentence, "No video or sound");
});
