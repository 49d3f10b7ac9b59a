// Changes to participants through LiveKit's server SDK, and the events they cause in LiveKit's client SDK.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { DisconnectReason, dispose } from "@livekit/rtc-node";
import { DataPacket_Kind } from "livekit-server-sdk";
import { eventually } from "../../../harness/eventually.mjs";
import { standsStill } from "../../../harness/media.mjs";
import { join, startServer, token } from "./participant.mjs";

let server, ada, ben;
before(async () => (server = await startServer()));
after(async () => {
  await server.stop();
  await dispose();
});
beforeEach(async () => {
  [ada, ben] = await Promise.all([join(server, "ward", "ada"), join(server, "ward", "ben")]);
  const knows = (one, other) => one.client.remoteParticipants.has(other);
  await eventually("they know each other", () => knows(ada, "ben") && knows(ben, "ada"));
});
afterEach(() => Promise.all([ada.client.disconnect(), ben.client.disconnect()]));

/** Publishes ada's microphone; ben subscribes to it. */
async function publishMicrophone() {
  const sid = await ada.publishMicrophone();
  await ben.receivesEvent("trackSubscribed", (_, publication) => publication.sid === sid);
  return sid;
}

test("participants are listed with their tracks", async () => {
  const sid = await publishMicrophone();
  const participants = await server.service.listParticipants("ward");
  assert.deepEqual(participants.map((one) => one.identity).sort(), ["ada", "ben"]);
  const participant = await server.service.getParticipant("ward", "ada");
  assert.deepEqual([participant.sid, participant.state], [ada.client.localParticipant.sid, 2]);
  assert.deepEqual(participant.tracks.map((track) => [track.sid, track.mimeType, track.muted]), [[sid, "audio/red", false]]);
  const [room] = await server.service.listRooms(["ward"]);
  assert.deepEqual([room.numParticipants, room.numPublishers], [2, 1]);
});

test("a track is muted for everybody, and cannot be unmuted", async () => {
  const sid = await publishMicrophone();
  const muted = await server.service.mutePublishedTrack("ward", "ada", sid, true);
  assert.deepEqual([muted.sid, muted.muted], [sid, true]);
  await ben.receivesEvent("trackMuted", (publication) => publication.sid === sid);
  const mute = (track, muted) => server.service.mutePublishedTrack("ward", "ada", track, muted);
  await assert.rejects(mute(sid, false), { status: 412, code: "failed_precondition" });
  await assert.rejects(mute("TR_none", true), { status: 404, code: "not_found" });
});

test("changed name, metadata and attributes reach the others", async () => {
  const change = { name: "Dr. Ada", metadata: "on call", attributes: { ward: "3" } };
  const updated = await server.service.updateParticipant("ward", "ada", change);
  assert.deepEqual([updated.name, updated.metadata, updated.attributes], ["Dr. Ada", "on call", { ward: "3" }]);
  await ben.receivesEvent("participantNameChanged", (name, who) => name === "Dr. Ada" && who.identity === "ada");
  await ben.receivesEvent("participantMetadataChanged", (metadata, who) => metadata === "on call" && who.identity === "ada");
  await ben.receivesEvent("participantAttributesChanged", (changed) => changed.ward === "3");
  const without = await server.service.updateParticipant("ward", "ada", { attributes: { ward: "" } });
  assert.deepEqual([without.name, without.attributes], ["Dr. Ada", {}]);
});

test("revoking the publish permission unpublishes", async () => {
  const sid = await publishMicrophone();
  const permission = { canSubscribe: true, canPublish: false, canPublishData: true };
  const updated = await server.service.updateParticipant("ward", "ada", { permission });
  assert.deepEqual([updated.permission.canPublish, updated.tracks], [false, []]);
  await ben.receivesEvent("trackUnpublished", (publication) => publication.sid === sid);
});

test("subscriptions are changed by the server API", async () => {
  const sid = await publishMicrophone();
  await eventually("ben receives packets", async () => (await ben.packetsReceived()) > 10);
  await server.service.updateSubscriptions("ward", "ben", [sid], false);
  await eventually("ben receives no packet for a second", standsStill(ben.packetsReceived));
  const before = await ben.packetsReceived();
  await server.service.updateSubscriptions("ward", "ben", [sid], true);
  await eventually("ben receives packets again", async () => (await ben.packetsReceived()) > before + 10);
});

test("data reaches all participants or its destinations", async () => {
  const send = (text, to) =>
    server.service.sendData("ward", new TextEncoder().encode(text), DataPacket_Kind.RELIABLE, to);
  await send("for ben", { destinationIdentities: ["ben"], topic: "t" });
  await send("by session id", [ben.client.localParticipant.sid]);
  await send("for all", {});
  const text = (data) => new TextDecoder().decode(data);
  const received = (one) => one.events.filter(([event]) => event === "dataReceived").map(([, data]) => text(data));
  for (const one of [ada, ben]) await one.receivesEvent("dataReceived", (data) => text(data) === "for all");
  assert.deepEqual([received(ada), received(ben)], [["for all"], ["for ben", "by session id", "for all"]]);
  const [, , sender, , topic] = ben.events.find(([event]) => event === "dataReceived");
  assert.deepEqual([sender, topic], [undefined, "t"]);
});

test("room metadata reaches every participant", async () => {
  await server.service.updateRoomMetadata("ward", "quiet, please");
  for (const one of [ada, ben]) await one.receivesEvent("roomMetadataChanged", (metadata) => metadata === "quiet, please");
});

test("an RPC of the server API is answered by a participant", async () => {
  ada.client.localParticipant.registerRpcMethod("pulse", async (data) => `${data.payload} 72`);
  const perform = async (method) => {
    const response = await fetch(`${server.http}/twirp/livekit.RoomService/PerformRpc`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await token({ roomAdmin: true, room: "ward" })}`,
      },
      body: JSON.stringify({ room: "ward", destinationIdentity: "ada", method, payload: "it is" }),
    });
    return [response.status, await response.json()];
  };
  assert.deepEqual(await perform("pulse"), [200, { payload: "it is 72" }]);
  const [status, fault] = await perform("weight");
  assert.deepEqual([status, fault.code, fault.meta.rpc_error_code], [400, "invalid_argument", "1400"]);
});

test("removal and room deletion are the reasons given", async () => {
  await server.service.removeParticipant("ward", "ada");
  await ada.receivesEvent("disconnected", (reason) => reason === DisconnectReason.PARTICIPANT_REMOVED);
  await server.service.deleteRoom("ward");
  await ben.receivesEvent("disconnected", (reason) => reason === DisconnectReason.ROOM_DELETED);
  assert.deepEqual(await server.service.listRooms(["ward"]), []);
});
