// Status stream in virtual time: buffered, dead and refused streams.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standing } from "../call/testing/fixtures.ts";
import { standingSource, type ConsultationClient } from "./consultation-client.ts";
import { Refused, Unreachable } from "./problem.ts";
import type { Standing } from "./standing.ts";
import { openStatusStream, type EventStream, type StreamEnvironment } from "./status-stream.ts";

const CLOSED = 2;
const BEAT = 8_000;

test("events are passed on, malformed ones ignored", () => {
  const page = open();
  page.emit("standing", "not json");
  page.emit("standing", standing({ entry: "waiting" }));
  assert.deepEqual(page.entries, ["waiting"]);
});

test("a page behind a buffering proxy is never more than 15 s behind", async () => {
  for (const random of [0, 0.5, 0.999]) {
    const page = open({ random });
    await page.advance(120_000);
    const times = [0, ...page.polls];
    const gaps = times.slice(1).map((at, n) => at - (times[n] ?? 0));
    assert.ok(gaps.every((gap) => gap <= 15_000), `${gaps}`);
    assert.ok(gaps.every((gap) => gap >= 4_000), `it is not flooded either: ${gaps}`);
    assert.equal(page.up.at(-1), true);
  }
});

test("beats keep a stream without polling", async () => {
  const page = open();
  page.emit("standing", standing());
  for (let n = 0; n < 20; n++) {
    await page.advance(BEAT);
    page.emit("beat", "page-1");
  }
  assert.deepEqual([page.polls.length, page.streams.length], [0, 1]);
  assert.deepEqual(page.answered, Array(20).fill("page-1"), "the server knows that the page is there");
});

test("a stream that stops beating counts as lost, is polled for and replaced", async () => {
  const page = open();
  page.emit("standing", standing());
  page.answer = () => Promise.reject(new Unreachable(undefined));
  await page.advance(12_000);
  assert.equal(page.up.at(-1), false);
  assert.equal(page.polls.length, 1);
  await page.advance(2_000);
  assert.equal(page.streams.length, 2);
  page.emit("standing", standing());
  assert.equal(page.up.at(-1), true);
});

test("a restarted server is not met by all pages at once", async () => {
  const page = open({ random: 0.5 });
  page.emit("standing", standing());
  const opened = [];
  for (let n = 0; n < 6; n++) {
    const before = page.now();
    const streams = page.streams.length;
    page.fail(0);
    while (page.streams.length === streams) await page.advance(100);
    opened.push(page.now() - before);
  }
  assert.deepEqual(opened, [1_000, 2_000, 4_000, 7_500, 7_500, 7_500], "half of 2 s, growing to half of 15 s");
});

test("a lost connection is reported, and so is its return", async () => {
  const page = open();
  page.emit("standing", standing());
  page.answer = () => Promise.reject(new Unreachable(undefined));
  page.fail(CLOSED); // the proxy answers 502
  await page.advance(2_000);
  assert.equal(page.up.at(-1), false);
  await page.advance(2_000);
  page.emit("standing", standing());
  assert.equal(page.up.at(-1), true);
});

test("the end of a login is reported, and nothing is tried until a refresh", async () => {
  const page = open();
  page.emit("standing", standing());
  page.answer = () => Promise.reject(new Refused(401, "not_logged_in", ""));
  page.fail(CLOSED);
  await page.advance(2_000);
  assert.deepEqual(page.refusals, ["not_logged_in"]);
  const tried = [page.polls.length, page.streams.length];
  await page.advance(600_000);
  assert.deepEqual([page.polls.length, page.streams.length], tried);
  page.stream.refresh();
  assert.equal(page.streams.length, (tried[1] ?? 0) + 1);
});

test("a rate limit is no end", async () => {
  const page = open();
  page.answer = () => Promise.reject(new Refused(429, "too_many_requests", ""));
  page.fail(CLOSED);
  await page.advance(60_000);
  assert.deepEqual(page.refusals, []);
  assert.ok(page.polls.length > 3);
});

test("the answer to a poll that an event overtook is dropped", async () => {
  const page = open();
  let reply: (late: Standing) => void = () => {};
  page.answer = () => new Promise((resolve) => (reply = resolve));
  page.stream.refresh();
  page.emit("standing", standing({ entry: "waiting" }));
  reply(standing({ entry: "outside" }));
  await page.advance(0);
  assert.deepEqual(page.entries, ["waiting"]);
});

test("each status comes with what was known before it was asked for", async () => {
  const page = open();
  page.emit("standing", standing({ version: 4 }));
  page.emit("standing", standing({ version: 5 }));
  page.answer = async () => standing({ version: 3 });
  page.stream.poll();
  await page.advance(0);
  assert.deepEqual(page.asked, [0, 4, 5]);
});

test("a server that cannot read its state says so on an open stream", () => {
  const page = open();
  page.emit("standing", standing());
  page.emit("stale", "");
  assert.equal(page.up.at(-1), false);
  page.emit("standing", standing());
  assert.equal(page.up.at(-1), true);
});

test("a page whose stream was superseded polls, and opens it again when a person looks at it", async () => {
  const page = open();
  page.emit("standing", standing());
  page.emit("superseded", "too_many_streams");
  assert.deepEqual(page.superseded, [false, true]);
  page.fail(0); // the browser reports the end of the stream, too
  await page.advance(60_000);
  assert.equal(page.streams.length, 1, "five pages must not end each other's streams for ever");
  assert.ok(page.polls.length >= 5 && page.up.at(-1), "it is up to date all the same");
  page.stream.refresh();
  page.emit("standing", standing({ entry: "waiting" }));
  assert.deepEqual([page.streams.length, page.superseded.at(-1)], [2, false]);
});

test("no update is passed on after stop", async () => {
  const page = open();
  page.stream.stop();
  page.emit("standing", standing());
  await page.advance(60_000);
  assert.deepEqual(page.entries, []);
});

/** A stream whose events, polls and timers the test controls. */
function open({ random = 0.5 } = {}) {
  const time = virtualTime();
  const streams: FakeStream[] = [];
  const page = {
    streams,
    entries: [] as string[],
    asked: [] as number[],
    answered: [] as string[],
    up: [] as boolean[],
    refusals: [] as string[],
    superseded: [] as boolean[],
    polls: [] as number[],
    answer: async (): Promise<Standing> => standing(),
    now: time.now,
    advance: time.advance,
    emit: (type: string, data: unknown) => streams.at(-1)?.emit(type, typeof data === "string" ? data : JSON.stringify(data)),
    /** The last stream ends with this `readyState`. */
    fail(readyState: number) {
      const last = streams.at(-1);
      if (last) last.readyState = readyState;
      last?.emit("error", "");
    },
  };
  let known = 0;
  const client = { base: "", state: () => (page.polls.push(time.now()), page.answer()) } as unknown as ConsultationClient;
  const environment: StreamEnvironment = {
    open: () => streams[streams.push(new FakeStream()) - 1] as FakeStream,
    setTimer: time.setTimer,
    random: () => random,
  };
  const source = standingSource(client, (data) => void page.answered.push(data));
  const listener = {
    status(update: Standing, asked: number) {
      page.entries.push(update.entry);
      page.asked.push(asked);
      known = update.version;
    },
    known: () => known,
    connected: (up: boolean) => void page.up.push(up),
    superseded: (superseded: boolean) => void page.superseded.push(superseded),
    refused: (refusal: Refused) => void page.refusals.push(refusal.code),
  };
  return Object.assign(page, { stream: openStatusStream(source, listener, environment) });
}

class FakeStream implements EventStream {
  readyState = 0;
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();

  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  emit(type: string, data: string): void {
    this.#listeners.get(type)?.({ data });
  }

  close(): void {
    this.readyState = CLOSED;
  }
}

function virtualTime() {
  let now = 0;
  let made = 0;
  const timers = new Map<number, { at: number; act(): void }>();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    setTimer(ms: number, act: () => void) {
      const id = made++;
      timers.set(id, { at: now + ms, act });
      return () => void timers.delete(id);
    },
    async advance(ms: number) {
      const end = now + ms;
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
        if (!next) break;
        timers.delete(next[0]);
        now = next[1].at;
        next[1].act();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}
