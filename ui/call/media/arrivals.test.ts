// Whether a remote participant's picture and sound arrive, in virtual time: one reading a second.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivalOf, followArrivals, NO_ARRIVALS, ARRIVING, type IncomingMedia, type MediaArrival, type RemoteReading } from "./arrivals.ts";

type Received = (second: number) => Omit<RemoteReading, "id" | "paused"> & { paused?: boolean };

/** The second at which the arrival changes, with what it becomes. */
function changes(read: Received, seconds: number): [number, MediaArrival][] {
  let arrivals = NO_ARRIVALS;
  let last: MediaArrival = "arriving";
  const log: [number, MediaArrival][] = [];
  for (let second = 0; second <= seconds; second += 1) {
    arrivals = followArrivals(arrivals, [{ id: "mira", paused: false, ...read(second) }], second * 1_000);
    const now = arrivalOf(arrivals, "mira", second * 1_000).arrival;
    if (now !== last) log.push([second, now]);
    last = now;
  }
  return log;
}

const camera = (received: number) => ({ id: "TR_1", kind: "camera" as const, received });
const microphone = (received: number) => ({ id: "TR_2", kind: "microphone" as const, received });
const tracks = (frames: number, packets: number) => ({ published: true, expected: [camera(frames), microphone(packets)] });

/** What arrives of them after the last of these readings. */
function after(readings: readonly ReturnType<Received>[]): IncomingMedia {
  const arrivals = readings.reduce((before, reading, second) => followArrivals(before, [{ id: "mira", paused: false, ...reading }], second * 1_000), NO_ARRIVALS);
  return arrivalOf(arrivals, "mira", (readings.length - 1) * 1_000);
}

const seconds = (count: number, read: Received) => Array.from({ length: count }, (_, second) => read(second));

test("two seconds without a frame and without sound are an interruption, until one arrives", () => {
  assert.deepEqual(changes((second) => tracks(30 * Math.min(second, 10), 50 * Math.min(second, 10)), 20), [[12, "interrupted"]]);
  assert.deepEqual(changes((second) => tracks(30 * second, 0), 20), []);
  assert.deepEqual(changes((second) => tracks(100, second < 10 || second > 20 ? second : 10), 30), [[12, "interrupted"], [21, "arriving"]]);
});

test("the first frame may take five seconds", () => {
  assert.deepEqual(changes((second) => tracks(second < 4 ? 0 : second, 0), 10), []);
  assert.deepEqual(changes(() => tracks(0, 0), 10), [[5, "interrupted"]]);
});

test("muted, paused or unsubscribed tracks are not expected", () => {
  assert.deepEqual(changes((second) => ({ published: true, expected: second < 5 ? tracks(second, second).expected : [] }), 20), []);
});

test("an unmuted camera gets time for its first frame", () => {
  assert.deepEqual(changes((second) => ({ published: true, expected: second < 5 ? [] : [camera(second < 9 ? 0 : second)] }), 20), []);
});

test("a participant who has published nothing after four seconds sends nothing", () => {
  assert.deepEqual(changes((second) => ({ published: second > 7, expected: [] }), 20), [[4, "nothing"], [8, "arriving"]]);
  assert.deepEqual(changes((second) => ({ published: second < 2, expected: [] }), 20), [], "a camera that is put away was there");
});

test("a picture that stops while the sound goes on is still, and the other way round the sound is missing", () => {
  const still = seconds(13, (second) => tracks(30 * Math.min(second, 10), 50 * second));
  assert.deepEqual(after(still), { ...ARRIVING, picture: "still" });
  assert.deepEqual(after(still.slice(0, 12)), ARRIVING, "not before two seconds");
  const silent = seconds(13, (second) => tracks(30 * second, 50 * Math.min(second, 10)));
  assert.deepEqual(after(silent), { ...ARRIVING, sound: "missing" });
  assert.deepEqual(after([...still, tracks(400, 700)]), ARRIVING, "the next frame");
});

test("a picture that the server holds back is paused, not still", () => {
  const paused = seconds(20, (second) => (second < 5 ? tracks(30 * second, 50 * second) : { published: true, expected: [microphone(50 * second)], paused: true }));
  assert.deepEqual(after(paused), { ...ARRIVING, picture: "paused" });
  const back = seconds(5, (second) => tracks(150 + 30 * second, 1_000 + 50 * second));
  assert.deepEqual(after([...paused, ...back]), ARRIVING);
});
