// People in a room, ruled by LiveKit's server SDK and seen by LiveKit's client SDK.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { DisconnectReason, dispose } from "@livekit/rtc-node";
import { DataPacket_Kind } from "livekit-server-sdk";
import { person, plain, so, token } from "./participant.mjs";

let server, ada, ben;
before(async () => (server = await plain()));
after(async () => {
  await server.stop();
  await dispose();
});
beforeEach(async () => {
  [ada, ben] = await Promise.all([person(server, "ward", "ada"), person(server, "ward", "ben")]);
  const sees = (one, other) => one.client.remoteParticipants.has(other);
  await so("they see each other", () => sees(ada, "ben") && sees(ben, "ada"));
});
afterEach(() => Promise.all([ada.client.disconnect(), ben.client.disconnect()]));

/** Ada's microphone, heard by Ben. */
async function microphone() {
  const sid = await ada.speaks();
  await ben.hears("trackSubscribed", (_, publication) => publication.sid === sid);
  return sid;
}

test("who is in is listed, with what they send", async () => {
  const sid = await microphone();
  const people = await server.rooms.listParticipants("ward");
  assert.deepEqual(people.map((one) => one.identity).sort(), ["ada", "ben"]);
  const one = await server.rooms.getParticipant("ward", "ada");
  assert.deepEqual([one.sid, one.state], [ada.client.localParticipant.sid, 2]);
  assert.deepEqual(one.tracks.map((track) => [track.sid, track.mimeType, track.muted]), [[sid, "audio/red", false]]);
  const [room] = await server.rooms.listRooms(["ward"]);
  assert.deepEqual([room.numParticipants, room.numPublishers], [2, 1]);
});

test("a muted track is muted for everybody, and stays so", async () => {
  const sid = await microphone();
  const muted = await server.rooms.mutePublishedTrack("ward", "ada", sid, true);
  assert.deepEqual([muted.sid, muted.muted], [sid, true]);
  await ben.hears("trackMuted", (publication) => publication.sid === sid);
  const mute = (track, muted) => server.rooms.mutePublishedTrack("ward", "ada", track, muted);
  await assert.rejects(mute(sid, false), { status: 412, code: "failed_precondition" });
  await assert.rejects(mute("TR_none", true), { status: 404, code: "not_found" });
});

test("a new name, new words and new facts about somebody reach the others", async () => {
  const change = { name: "Dr. Ada", metadata: "on call", attributes: { ward: "3" } };
  const face = await server.rooms.updateParticipant("ward", "ada", change);
  assert.deepEqual([face.name, face.metadata, face.attributes], ["Dr. Ada", "on call", { ward: "3" }]);
  await ben.hears("participantNameChanged", (name, who) => name === "Dr. Ada" && who.identity === "ada");
  await ben.hears("participantMetadataChanged", (metadata, who) => metadata === "on call" && who.identity === "ada");
  await ben.hears("participantAttributesChanged", (changed) => changed.ward === "3");
  const without = await server.rooms.updateParticipant("ward", "ada", { attributes: { ward: "" } });
  assert.deepEqual([without.name, without.attributes], ["Dr. Ada", {}]);
});

test("whoever may no longer publish is heard by nobody", async () => {
  const sid = await microphone();
  const permission = { canSubscribe: true, canPublish: false, canPublishData: true };
  const face = await server.rooms.updateParticipant("ward", "ada", { permission });
  assert.deepEqual([face.permission.canPublish, face.tracks], [false, []]);
  await ben.hears("trackUnpublished", (publication) => publication.sid === sid);
});

test("a program says who receives what", async () => {
  const sid = await microphone();
  await so("ben receives sound", async () => (await ben.packets()) > 10);
  await server.rooms.updateSubscriptions("ward", "ben", [sid], false);
  // Silence is no event: it is a second in which not one of fifty packets comes.
  let [before, since] = [-1, 0];
  await so("ben receives nothing", async () => {
    const count = await ben.packets();
    if (count !== before) [before, since] = [count, Date.now()];
    return Date.now() - since > 1_000;
  });
  await server.rooms.updateSubscriptions("ward", "ben", [sid], true);
  await so("ben receives again", async () => (await ben.packets()) > before + 10);
});

test("data reaches all, or those it is for", async () => {
  const send = (text, to) =>
    server.rooms.sendData("ward", new TextEncoder().encode(text), DataPacket_Kind.RELIABLE, to);
  await send("for ben", { destinationIdentities: ["ben"], topic: "t" });
  await send("by stay", [ben.client.localParticipant.sid]);
  await send("for all", {});
  const text = (data) => new TextDecoder().decode(data);
  const read = (one) => one.told.filter(([event]) => event === "dataReceived").map(([, data]) => text(data));
  for (const one of [ada, ben]) await one.hears("dataReceived", (data) => text(data) === "for all");
  assert.deepEqual([read(ada), read(ben)], [["for all"], ["for ben", "by stay", "for all"]]);
  const [, , sender, , topic] = ben.told.find(([event]) => event === "dataReceived");
  assert.deepEqual([sender, topic], [undefined, "t"]);
});

test("the words about the room reach everybody in it", async () => {
  await server.rooms.updateRoomMetadata("ward", "quiet, please");
  for (const one of [ada, ben]) await one.hears("roomMetadataChanged", (metadata) => metadata === "quiet, please");
});

test("a participant answers a program's question", async () => {
  ada.client.localParticipant.registerRpcMethod("pulse", async (data) => `${data.payload} 72`);
  const ask = async (method) => {
    const answer = await fetch(`${server.http}/twirp/livekit.RoomService/PerformRpc`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await token({ roomAdmin: true, room: "ward" })}`,
      },
      body: JSON.stringify({ room: "ward", destinationIdentity: "ada", method, payload: "it is" }),
    });
    return [answer.status, await answer.json()];
  };
  assert.deepEqual(await ask("pulse"), [200, { payload: "it is 72" }]);
  const [status, fault] = await ask("weight");
  assert.deepEqual([status, fault.code, fault.meta.rpc_error_code], [400, "invalid_argument", "1400"]);
});

test("whoever is removed is told why; when the room is deleted, so are the rest", async () => {
  await server.rooms.removeParticipant("ward", "ada");
  await ada.hears("disconnected", (reason) => reason === DisconnectReason.PARTICIPANT_REMOVED);
  await server.rooms.deleteRoom("ward");
  await ben.hears("disconnected", (reason) => reason === DisconnectReason.ROOM_DELETED);
  assert.deepEqual(await server.rooms.listRooms(["ward"]), []);
});
