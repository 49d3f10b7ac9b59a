// Whether a remote participant's picture and sound arrive, in virtual time: one reading a second.

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivalOf, followArrivals, NO_ARRIVALS, type MediaArrival, type RemoteReading } from "./arrivals.ts";

type Received = (second: number) => Omit<RemoteReading, "id">;

/** The second at which the arrival changes, with what it becomes. */
function changes(read: Received, seconds: number): [number, MediaArrival][] {
  let arrivals = NO_ARRIVALS;
  let last: MediaArrival = "arriving";
  const log: [number, MediaArrival][] = [];
  for (let second = 0; second <= seconds; second += 1) {
    arrivals = followArrivals(arrivals, [{ id: "mira", ...read(second) }], second * 1_000);
    const now = arrivalOf(arrivals, "mira", second * 1_000);
    if (now !== last) log.push([second, now]);
    last = now;
  }
  return log;
}

const tracks = (camera: number, microphone: number): Omit<RemoteReading, "id"> => ({
  published: true,
  expected: [{ id: "camera", received: camera }, { id: "microphone", received: microphone }],
});

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
  assert.deepEqual(changes((second) => ({ published: true, expected: second < 5 ? [] : [{ id: "camera", received: second < 9 ? 0 : second }] }), 20), []);
});

test("a participant who has published nothing after four seconds sends nothing", () => {
  assert.deepEqual(changes((second) => ({ published: second > 7, expected: [] }), 20), [[4, "nothing"], [8, "arriving"]]);
  assert.deepEqual(changes((second) => ({ published: second < 2, expected: [] }), 20), [], "a camera that is put away was there");
});
