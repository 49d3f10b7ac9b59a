// The watchdog of what is sent, in virtual time: one reading a second.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NOT_WATCHED, pauseWatch, watchSending, type SendWatch, type SentTracks } from "./send-watchdog.ts";

type Reading = (second: number) => SentTracks;
const UNPUBLISHED: Reading = () => ({ camera: { packets: undefined, paused: false }, microphone: { packets: undefined, paused: false } });
const SENT: Reading = (second) => ({ camera: { packets: 30 * second + 1, paused: false }, microphone: { packets: 50 * second + 1, paused: false } });

/** The actions of these seconds, each as "second: action". */
function actions(read: Reading, { from = 0, to, watch = NOT_WATCHED }: { from?: number; to: number; watch?: SendWatch }): { log: string[]; watch: SendWatch } {
  const log: string[] = [];
  for (let second = from; second <= to; second += 1) {
    const step = watchSending(watch, read(second), second * 1_000);
    watch = step.watch;
    if (!step.action) continue;
    const { action } = step;
    log.push(`${second}: ${action.do}${action.do === "republish" ? ` ${action.kinds.join()}` : action.do === "report" ? ` ${action.unsent}` : ""}`);
  }
  return { log, watch };
}

test("nothing published: publish again after 3 s, connect again, then report it once", () => {
  assert.deepEqual(actions(UNPUBLISHED, { to: 30 }).log, ["3: republish camera,microphone", "7: reconnect", "11: report both"]);
});

test("packets that are sent need nothing", () => {
  assert.deepEqual(actions(SENT, { to: 60 }).log, []);
});

test("a published track without packets counts as not sent", () => {
  const silent: Reading = (second) => ({ ...SENT(second), camera: { packets: 0, paused: false } });
  assert.deepEqual(actions(silent, { to: 12 }).log, ["3: republish camera", "7: reconnect", "11: report camera"]);
  const stopped: Reading = (second) => ({ ...SENT(second), microphone: { packets: Math.min(second, 5) * 50, paused: false } });
  assert.deepEqual(actions(stopped, { to: 9 }).log, ["8: republish microphone"]);
});

test("what is muted, not captured, or shown to nobody is not expected", () => {
  assert.deepEqual(actions(() => ({}), { to: 30 }).log, []);
  assert.deepEqual(actions(() => ({ camera: { packets: 7, paused: true } }), { to: 30 }).log, []);
});

test("the report ends as soon as packets are sent", () => {
  const before = actions(UNPUBLISHED, { to: 12 });
  assert.deepEqual(actions(SENT, { from: 13, to: 40, watch: before.watch }).log, ["13: report undefined"]);
});

test("publishing that helps is tried again the next time, publishing that does not is not", () => {
  const first = actions(UNPUBLISHED, { to: 3 });
  const healed = actions(SENT, { from: 4, to: 20, watch: first.watch });
  assert.deepEqual(actions(UNPUBLISHED, { from: 21, to: 25, watch: healed.watch }).log, ["24: republish camera,microphone"]);
  const brief = actions(SENT, { from: 4, to: 6, watch: first.watch });
  assert.deepEqual(actions(UNPUBLISHED, { from: 7, to: 11, watch: brief.watch }).log, ["10: reconnect"]);
});

test("a connection that is down, and a device that slept, are no stall", () => {
  const { watch } = actions(UNPUBLISHED, { to: 2 });
  assert.deepEqual(actions(UNPUBLISHED, { from: 3, to: 5, watch: pauseWatch(watch) }).log, []);
  assert.deepEqual(watchSending(watch, UNPUBLISHED(60), 60_000).action, undefined);
});

test("each kind is watched by itself: a microphone is published again although the camera needed it a moment ago", () => {
  const stops = (kind: "camera" | "microphone", from: number): Reading => (second) => ({ ...SENT(second), [kind]: { packets: 50 * Math.min(second, from), paused: false } });
  const first = actions(stops("camera", 5), { to: 8 });
  assert.deepEqual(first.log, ["8: republish camera"]);
  const second = actions(stops("microphone", 12), { from: 9, to: 19, watch: first.watch });
  assert.deepEqual(second.log, ["15: republish microphone", "19: reconnect"]);
  const third = actions(stops("microphone", 12), { from: 20, to: 30, watch: second.watch });
  assert.deepEqual(third.log, ["23: report microphone"], "and the camera, which is sent, is not reported");
});

test("a report follows what is sent", () => {
  const { watch } = actions(UNPUBLISHED, { to: 12 });
  const picture: Reading = (second) => ({ ...UNPUBLISHED(second), camera: { packets: 30 * second, paused: false } });
  assert.deepEqual(actions(picture, { from: 13, to: 20, watch }).log, ["13: report microphone"]);
});

/** Sent for 12 s, then not for 12 s, and again: long enough to count as healed each time. */
const flapping = (second: number, packets: number): number => (second % 24 < 12 ? packets * second + 1 : packets * (second - (second % 24) + 11) + 1);

test("a camera that flaps does not take the microphone with it: one connection at most is made again", () => {
  const camera: Reading = (second) => ({ ...SENT(second), camera: { packets: flapping(second, 30), paused: false } });
  const alone: Reading = (second) => ({ camera: { packets: flapping(second, 30), paused: false } });
  const dead: Reading = (second) => ({ ...camera(second), microphone: { packets: 0, paused: false } });
  const microphone: Reading = (second) => ({ ...SENT(second), microphone: { packets: flapping(second, 50), paused: false } });
  const rows: [string, Reading, number][] = [
    ["the microphone is sent", camera, 1],
    ["the microphone is off", alone, 1],
    ["the microphone was tried before, and is not sent either", dead, 2],
    ["the microphone flaps: without it there is no call", microphone, 5],
  ];
  for (const [name, read, most] of rows) {
    const reconnections = actions(read, { to: 120 }).log.filter((line) => line.endsWith("reconnect"));
    assert.equal(reconnections.length, most, name);
  }
});

test("a camera that fails again is published again and then reported, while the microphone goes on", () => {
  const camera: Reading = (second) => ({ ...SENT(second), camera: { packets: flapping(second, 30), paused: false } });
  const { log } = actions(camera, { to: 72 });
  assert.deepEqual(log, ["14: republish camera", "18: reconnect", "22: report camera", "24: report undefined", "38: republish camera", "42: report camera", "48: report undefined", "62: republish camera", "66: report camera", "72: report undefined"]);
});

test("a microphone that is not sent is worth another connection, although one was made for the camera", () => {
  const camera: Reading = (second) => ({ ...SENT(second), camera: { packets: 30 * Math.min(second, 5), paused: false } });
  const before = actions(camera, { to: 20 });
  assert.deepEqual(before.log, ["8: republish camera", "12: reconnect", "16: report camera"]);
  const both: Reading = (second) => ({ ...camera(second), microphone: { packets: 50 * Math.min(second, 20), paused: false } });
  assert.deepEqual(actions(both, { from: 21, to: 40, watch: before.watch }).log, ["24: republish microphone", "28: reconnect", "29: report undefined", "32: report both"]);
});
