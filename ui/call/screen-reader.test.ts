import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRIVING } from "./media/arrivals.ts";
import { reduce } from "./reducer.ts";
import { announcement, HeldNotices } from "./screen-reader.ts";
import type { Call, RemoteParticipant } from "./state.ts";
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

test("what a participant cannot send is announced at once, and changes of it at most once in ten seconds", () => {
  const notices = new HeldNotices();
  const call = hostInCall();
  const reports = (unsent: RemoteParticipant["unsent"]): Call => reduce(call, { type: "remote-participants", remoteParticipants: [{ ...mira, name: "Mira Lang", unsent }] });
  const log: string[] = [];
  let last = notices.hold(reports(undefined), 0);
  for (let second = 1; second <= 31; second += 1) {
    const held = notices.hold(reports(second > 25 ? undefined : second % 2 === 0 ? "camera" : "both"), second * 1_000);
    const announced = announcement(last, held);
    if (announced) log.push(`${second}: ${announced}`);
    last = held;
  }
  const { unsentOf } = messages.inCall;
  const name = "Mira Lang";
  assert.deepEqual(log, [`1: ${unsentOf("both", name)}`, `12: ${unsentOf("camera", name)}`, `23: ${unsentOf("both", name)}`]);
  const after = notices.hold(reports(undefined), 33_000);
  assert.equal(announcement(last, after), messages.screenReader.backOf(name), "and the state it ended with");
  assert.equal(notices.hold(after, 34_000), after, "nothing is held");
});
