// Consultation client: verbs, refusals, network failures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { standing } from "../call/testing/fixtures.ts";
import { consultationClient } from "./consultation-client.ts";
import { Refused, Unreachable } from "./problem.ts";
import { readStanding } from "./standing.ts";

const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

test("each verb sends one request below the base", async () => {
  const requests: string[] = [];
  const client = consultationClient("/join/secret", "7f", async (url, init) => {
    requests.push(`${init.method} ${url} ${init.body ?? ""}`.trim());
    return json(standing());
  });
  await client.state();
  await client.enter();
  await client.depart();
  await client.admit("par_1");
  await client.end();
  assert.deepEqual(requests, [
    "GET /join/secret/state?lang=en&tab=7f",
    "POST /join/secret/entry?lang=en&tab=7f {}",
    "DELETE /join/secret/entry?lang=en&tab=7f",
    'POST /join/secret/admissions?lang=en&tab=7f {"participant":"par_1"}',
    "POST /join/secret/closure?lang=en&tab=7f {}",
  ]);
});

test("a ticket moves the seat of a host only after a tap", async () => {
  const requests: string[] = [];
  const client = consultationClient("/join/secret", "7f", async (url) => {
    requests.push(url);
    return json({ url: "ws://a", token: "b" });
  });
  for (const takesSeat of [true, false]) await client.ticket(takesSeat);
  assert.deepEqual(requests, ["/join/secret/tickets?lang=en&tab=7f&take=true", "/join/secret/tickets?lang=en&tab=7f"]);
});

test("a refusal carries code, detail and opens_at", async () => {
  const problem = { type: "about:blank", code: "too_early", detail: "The room is not open yet.", opens_at: "2026-11-20T10:45:00Z" };
  const client = consultationClient("", "7f", async () => json(problem, 409));
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
  for (const answer of answers) await assert.rejects(consultationClient("", "7f", answer).enter(), Unreachable);
});

test("readStanding rejects an incomplete document and ignores unknown fields", () => {
  for (const wrong of [null, {}, { ...standing(), people: {} }, { ...standing(), now: "soon" }, { ...standing(), role: "admin" }]) {
    assert.throws(() => readStanding(wrong));
  }
  assert.equal(readStanding({ ...standing(), extra: "from a newer server" }).role, "guest");
});
