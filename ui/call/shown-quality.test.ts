import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRIVING } from "./media/arrivals.ts";
import { arrivalSentence, isPictureOld } from "./screen-reader.ts";
import { shownQuality } from "./shown-quality.ts";
import type { Call, RemoteParticipant } from "./state.ts";
import { hostInCall } from "./testing/fixtures.ts";

const MIRA: RemoteParticipant = {
  id: "par_mira", name: "Mira Lang", camera: true, microphone: true, screen: false, speaking: false, quality: "good", ...ARRIVING, screenPaused: false,
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

test("half of what a person sends is not a good connection", () => {
  for (const half of [{ picture: "still" }, { picture: "paused" }, { sound: "missing" }, { unsent: "microphone" }] as const) {
    assert.deepEqual(shownQuality(callWith(half)), { level: "weak", sentence: "Mira Lang: weak connection" });
  }
});

test("a picture that is not live is called so, with the reason", () => {
  const of = (mira: Partial<RemoteParticipant>): [string | undefined, boolean] => {
    const call = callWith(mira);
    const [participant = MIRA] = call.remoteParticipants;
    return [arrivalSentence(call, participant), isPictureOld(call, participant)];
  };
  assert.deepEqual(of({ picture: "still" }), ["Mira Lang’s picture has stopped. The sound goes on.", true]);
  assert.deepEqual(of({ picture: "paused" }), ["Paused: the connection is too slow for Mira Lang’s picture.", true]);
  assert.deepEqual(of({ sound: "missing" }), ["No sound arrives from Mira Lang", false]);
  assert.deepEqual(of({ sound: "missing", microphone: false }), [undefined, false], "they have just muted themselves");
  assert.deepEqual(of({ unsent: "microphone", microphone: false }), ["Mira Lang’s sound does not get through.", false], "it looks like one that is off");
  assert.deepEqual(of({ picture: "paused", camera: false }), [undefined, true]);
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
