// What happens in a room, told by webhook and proved by LiveKit's own receiver.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { dispose } from "@livekit/rtc-node";
import { WebhookReceiver } from "livekit-server-sdk";
import { KEY, SECRET, person, plain, so } from "./participant.mjs";

after(() => dispose());

/** Refuses the first letter of all, to see it again. */
async function receiver() {
  const judge = new WebhookReceiver(KEY, SECRET);
  const told = [];
  const tries = [];
  const http = createServer(async (request, response) => {
    const body = await text(request);
    tries.push(JSON.parse(body).id);
    if (tries.length === 1) return response.writeHead(500).end();
    assert.equal(request.headers["content-type"], "application/webhook+json");
    told.push(await judge.receive(body, request.headers.authorization));
    await assert.rejects(judge.receive(`${body} `, request.headers.authorization));
    response.writeHead(200).end();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return { url: `http://127.0.0.1:${http.address().port}/`, told, tries, stop: () => http.close() };
}

test("a call is told from its first to its last moment, in order and under seal", async () => {
  const ear = await receiver();
  const server = await plain([ear.url]);
  try {
    const ada = await person(server, "ward", "ada");
    await so("ada has joined", () => ear.told.some((it) => it.event === "participant_joined"));
    const sid = await ada.speaks();
    await so("the track is told", () => ear.told.some((it) => it.event === "track_published"));
    await ada.client.localParticipant.unpublishTrack(sid);
    await so("its end is told", () => ear.told.some((it) => it.event === "track_unpublished"));
    await ada.client.disconnect();
    await so("ada has left", () => ear.told.some((it) => it.event === "participant_left"));
    await server.rooms.deleteRoom("ward");
    await so("the end is told", () => ear.told.some((it) => it.event === "room_finished"));

    const joining = ["room_started", "participant_joined", "track_published"];
    const leaving = ["track_unpublished", "participant_left", "room_finished"];
    assert.deepEqual(ear.told.map((it) => it.event), [...joining, ...leaving]);
    assert.equal(ear.tries[0], ear.tries[1], "tried again under the same id");
    assert.equal(new Set(ear.told.map((it) => it.id)).size, 6);
    assert.ok(ear.told.every((it) => it.room.name === "ward" && /^RM_/.test(it.room.sid) && it.createdAt > 0n));
    const [, joined, published] = ear.told;
    assert.deepEqual([joined.participant.identity, joined.participant.state], ["ada", 2]);
    assert.deepEqual([published.track.sid, published.participant.identity], [sid, "ada"]);
  } finally {
    await server.stop();
    ear.stop();
  }
});
