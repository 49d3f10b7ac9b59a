// Consultation client and status stream: refusals, network failures, buffered and closed streams.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standing } from "../call/testing/fixtures.ts";
import { consultationClient, type ConsultationClient } from "./consultation-client.ts";
import { openStatusStream, type StreamEnvironment, type EventStream } from "./status-stream.ts";
import { Refused, Unreachable } from "./problem.ts";
import { readStanding, type Standing } from "./standing.ts";

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

test("each verb sends one request below the base", async () => {
  const requests: string[] = [];
  const client = consultationClient("/join/secret", async (url, init) => {
    requests.push(`${init.method} ${url} ${init.body ?? ""}`.trim());
    return json(standing());
  });
  await client.state();
  await client.enter();
  await client.depart();
  await client.admit("par_1");
  await client.end();
  assert.deepEqual(requests, [
    "GET /join/secret/state",
    "POST /join/secret/entry {}",
    "DELETE /join/secret/entry",
    'POST /join/secret/admissions {"participant":"par_1"}',
    "POST /join/secret/closure {}",
  ]);
});

test("a refusal carries code, detail and opens_at", async () => {
  const problem = { type: "about:blank", code: "too_early", detail: "The room is not open yet.", opens_at: "2026-11-20T10:45:00Z" };
  const client = consultationClient("", async () => json(problem, 409));
  await assert.rejects(client.enter(), (error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.code, error.detail, error.opensAt], ["too_early", problem.detail, problem.opens_at]);
    return true;
  });
});

test("network error, server error and captive portal count as unreachable", async () => {
  const answers = [
    async () => Promise.reject(new TypeError("failed to fetch")),
    async () => json({ code: "busy" }, 503),
    async () => new Response("<html>Hotel WiFi</html>", { status: 200 }),
  ];
  for (const answer of answers) await assert.rejects(consultationClient("", answer).enter(), Unreachable);
});

test("readStanding rejects an incomplete document and ignores unknown fields", () => {
  for (const wrong of [null, {}, { ...standing(), people: {} }, { ...standing(), now: "soon" }, { ...standing(), role: "admin" }]) {
    assert.throws(() => readStanding(wrong));
  }
  assert.equal(readStanding({ ...standing(), extra: "from a newer server" }).role, "guest");
});

test("stream events are passed on, malformed ones ignored", () => {
  const { stream, sources, received } = fakeEventStream();
  sources[0]?.emit("standing", "not json");
  sources[0]?.emit("standing", JSON.stringify(standing({ entry: "waiting" })));
  assert.deepEqual(received.map(({ entry }) => entry), ["waiting"]);
  stream.stop();
});

test("a silent stream is replaced by polling", async () => {
  const { stream, runNextTimer, received } = fakeEventStream();
  await runNextTimer();
  await runNextTimer();
  assert.equal(received.length, 2);
  stream.stop();
});

test("the first stream event stops polling", async () => {
  const { stream, timers, sources, received } = fakeEventStream();
  sources[0]?.emit("standing", JSON.stringify(standing()));
  assert.equal(timers.size, 0);
  assert.equal(received.length, 1);
  stream.stop();
});

test("a closed stream is reopened", async () => {
  const { stream, runNextTimer, sources } = fakeEventStream();
  const [first] = sources;
  first?.close();
  first?.emit("error");
  await runNextTimer();
  await runNextTimer();
  assert.equal(sources.length, 2);
  stream.stop();
});

test("no update is passed on after stop", async () => {
  const { stream, runNextTimer, sources, received } = fakeEventStream();
  stream.stop();
  sources[0]?.emit("standing", JSON.stringify(standing()));
  await runNextTimer();
  assert.deepEqual(received, []);
});

/** A fake event stream and fake timers: `runNextTimer` fires the earliest one. */
function fakeEventStream() {
  const sources: (EventStream & { emit(type: string, data?: string): void })[] = [];
  const timers = new Map<number, { ms: number; then(): void }>();
  const received: Standing[] = [];
  let made = 0;
  const environment: StreamEnvironment = {
    open() {
      const listeners = new Map<string, (event: { data?: unknown }) => void>();
      let readyState = 0;
      const source = {
        get readyState() { return readyState; },
        addEventListener: (type: string, listener: (event: { data?: unknown }) => void) => void listeners.set(type, listener),
        close: () => void (readyState = 2),
        emit: (type: string, data?: string) => listeners.get(type)?.({ data }),
      };
      sources.push(source);
      return source;
    },
    setTimer(ms, then) {
      const id = made++;
      timers.set(id, { ms, then });
      return () => void timers.delete(id);
    },
  };
  const client = { base: "", state: async () => standing() } as unknown as ConsultationClient;
  const stream = openStatusStream(client, { standing: (update) => void received.push(update), connected: () => undefined }, environment);
  const runNextTimer = async (): Promise<void> => {
    const [first] = [...timers].sort(([, a], [, b]) => a.ms - b.ms);
    if (first) timers.delete(first[0]);
    first?.[1].then();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { stream, runNextTimer, timers, sources, received };
}
