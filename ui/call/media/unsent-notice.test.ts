// What others report not to be able to send, with a room of plain values and a clock of the test.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RoomEvent, type Room } from "livekit-client";
import { TOPIC, UnsentNotices, unsentIn } from "./unsent-notice.ts";

function testRoom() {
  const listeners = new Map<string, (...args: unknown[]) => void>();
  const remoteParticipants = new Map([["par_mira", { identity: "par_mira", sid: "PA_1" }]]);
  const sent: string[] = [];
  const state = { now: 0, fails: false };
  const room = {
    remoteParticipants,
    on: (event: string, listener: (...args: unknown[]) => void) => listeners.set(event, listener),
    localParticipant: {
      publishData: async (payload: Uint8Array) => {
        if (state.fails) throw new Error("no connection");
        sent.push(new TextDecoder().decode(payload));
      },
    },
  };
  const notices = new UnsentNotices(room as unknown as Room, () => state.now);
  const receive = (content: string | Uint8Array, topic = TOPIC): void => {
    const payload = typeof content === "string" ? new TextEncoder().encode(content) : content;
    listeners.get(RoomEvent.DataReceived)?.(payload, remoteParticipants.get("par_mira"), undefined, topic);
  };
  /** As the connection does it: once a second. */
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second += 1) {
      state.now += 1_000;
      notices.repeat();
    }
  };
  return { notices, sent, state, receive, pass, remoteParticipants, emit: (event: string) => listeners.get(event)?.({ identity: "par_mira" }) };
}

test("what others cannot send is known by name, and nothing else is", () => {
  const read = (text: string) => unsentIn(new TextEncoder().encode(text));
  assert.deepEqual(["camera", "microphone", "both"].map(read), ["camera", "microphone", "both"]);
  assert.deepEqual(["", "screen", "\u0000"].map(read), [undefined, undefined, undefined]);
});

test("a report holds until it is withdrawn, or the participant has left", () => {
  const { notices, receive, emit } = testRoom();
  receive("camera", "another.topic");
  assert.equal(notices.of("par_mira"), undefined);
  receive("camera");
  assert.equal(notices.of("par_mira"), "camera");
  receive("both");
  assert.equal(notices.of("par_mira"), "both");
  receive("");
  assert.equal(notices.of("par_mira"), undefined);
  receive("camera");
  emit(RoomEvent.ParticipantDisconnected);
  assert.equal(notices.of("par_mira"), undefined);
});

test("another session of the same identity has reported nothing, although no event announces it", () => {
  const { notices, receive, remoteParticipants } = testRoom();
  receive("microphone");
  remoteParticipants.set("par_mira", { identity: "par_mira", sid: "PA_2" });
  assert.equal(notices.of("par_mira"), undefined);
  receive("camera");
  assert.equal(notices.of("par_mira"), "camera");
});

test("a report that is not repeated expires after 15 s, one that is repeated does not", () => {
  const { notices, receive, pass } = testRoom();
  receive("camera");
  pass(14);
  assert.equal(notices.of("par_mira"), "camera");
  receive("camera");
  pass(14);
  assert.equal(notices.of("par_mira"), "camera");
  pass(1);
  assert.equal(notices.of("par_mira"), undefined);
});

test("the own report is repeated every 5 s while it holds, also after one that could not be sent", async () => {
  const { notices, sent, state, pass, emit } = testRoom();
  pass(20);
  emit(RoomEvent.ParticipantConnected);
  assert.deepEqual(sent, [], "nothing to report");
  state.fails = true;
  notices.report("camera");
  pass(4);
  state.fails = false;
  assert.deepEqual(sent, []);
  pass(11);
  assert.deepEqual(sent, ["camera", "camera", "camera"]);
  emit(RoomEvent.ParticipantConnected);
  assert.equal(sent.length, 4, "at once to those who come later");
  notices.report(undefined);
  pass(20);
  assert.deepEqual(sent.slice(4), [""], "the end is reported once");
});

test("a message longer than every known one is not even decoded", () => {
  const { notices, receive } = testRoom();
  receive("camera");
  const long = new Uint8Array(17);
  receive(long);
  assert.equal(notices.of("par_mira"), "camera", "ignored: it neither changes nor withdraws anything");
});
