// Webhooks of a session, verified by LiveKit's own receiver.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { dispose } from "@livekit/rtc-node";
import { WebhookReceiver } from "livekit-server-sdk";
import { eventually } from "../../../harness/eventually.mjs";
import { KEY, SECRET } from "../../../harness/livekit/media-server.mjs";
import { join, startServer } from "./participant.mjs";

after(() => dispose());

/** Answers the first request with 500, to receive it again. */
async function startReceiver() {
  const verifier = new WebhookReceiver(KEY, SECRET);
  const events = [];
  const attempts = [];
  const http = createServer(async (request, response) => {
    const body = await text(request);
    attempts.push(JSON.parse(body).id);
    if (attempts.length === 1) return response.writeHead(500).end();
    assert.equal(request.headers["content-type"], "application/webhook+json");
    events.push(await verifier.receive(body, request.headers.authorization));
    await assert.rejects(verifier.receive(`${body} `, request.headers.authorization));
    response.writeHead(200).end();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { url: `http://127.0.0.1:${http.address().port}/`, events, attempts, stop: () => http.close() };
}

test("a session is reported in order, signed, and retried", async () => {
  const webhooks = await startReceiver();
  const server = await startServer([webhooks.url]);
  try {
    const ada = await join(server, "ward", "ada");
    await eventually("participant_joined is received", () => webhooks.events.some((it) => it.event === "participant_joined"));
    const sid = await ada.publishMicrophone();
    await eventually("track_published is received", () => webhooks.events.some((it) => it.event === "track_published"));
    await ada.client.localParticipant.unpublishTrack(sid);
    await eventually("track_unpublished is received", () => webhooks.events.some((it) => it.event === "track_unpublished"));
    await ada.client.disconnect();
    await eventually("participant_left is received", () => webhooks.events.some((it) => it.event === "participant_left"));
    await server.service.deleteRoom("ward");
    await eventually("room_finished is received", () => webhooks.events.some((it) => it.event === "room_finished"));

    const joining = ["room_started", "participant_joined", "track_published"];
    const leaving = ["track_unpublished", "participant_left", "room_finished"];
    assert.deepEqual(webhooks.events.map((it) => it.event), [...joining, ...leaving]);
    assert.equal(webhooks.attempts[0], webhooks.attempts[1], "the retry has the same id");
    assert.equal(new Set(webhooks.events.map((it) => it.id)).size, 6);
    assert.ok(webhooks.events.every((it) => it.room.name === "ward" && /^RM_/.test(it.room.sid) && it.createdAt > 0n));
    const [, joined, published] = webhooks.events;
    assert.deepEqual([joined.participant.identity, joined.participant.state], ["ada", 2]);
    assert.deepEqual([published.track.sid, published.participant.identity], [sid, "ada"]);
  } finally {
    await server.stop();
    webhooks.stop();
  }
});
