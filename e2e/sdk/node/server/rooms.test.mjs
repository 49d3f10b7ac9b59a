// Rooms by LiveKit's server SDK: made, found, described, ended; and every no by its name.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from "livekit-server-sdk";
import { KEY, SECRET, plain, token } from "./participant.mjs";

let server;
before(async () => (server = await plain()));
after(() => server.stop());

/** How the SDK names a refusal. */
async function refusal(ask) {
  const error = await ask().then(
    () => assert.fail("it was granted"),
    (error) => error,
  );
  return [error.status, error.code];
}

test("a room is made once, found by its name, and ended", async () => {
  const plan = { name: "ward", emptyTimeout: 600, maxParticipants: 4, metadata: "floor 2" };
  const made = await server.rooms.createRoom(plan);
  assert.match(made.sid, /^RM_/);
  assert.deepEqual([made.emptyTimeout, made.departureTimeout, made.maxParticipants], [600, 20, 4]);
  assert.ok(Math.abs(Number(made.creationTimeMs) - Date.now()) < 10_000);
  const again = await server.rooms.createRoom({ name: "ward", emptyTimeout: 1 });
  assert.deepEqual([again.sid, again.emptyTimeout, again.metadata], [made.sid, 600, "floor 2"]);
  await server.rooms.createRoom({ name: "theatre" });
  assert.deepEqual((await server.rooms.listRooms()).map((room) => room.name).sort(), ["theatre", "ward"]);
  assert.deepEqual((await server.rooms.listRooms(["ward", "nowhere"])).map((room) => room.sid), [made.sid]);
  assert.deepEqual(await server.rooms.listParticipants("ward"), []);
  const described = await server.rooms.updateRoomMetadata("ward", "floor 3");
  assert.equal(described.metadata, "floor 3");
  await server.rooms.deleteRoom("ward");
  await server.rooms.deleteRoom("theatre");
  assert.deepEqual(await server.rooms.listRooms(), []);
});

test("what is not there is not found", async () => {
  const { rooms } = server;
  const missing = [404, "not_found"];
  assert.deepEqual(await refusal(() => rooms.deleteRoom("nowhere")), missing);
  assert.deepEqual(await refusal(() => rooms.updateRoomMetadata("nowhere", "m")), missing);
  assert.deepEqual(await refusal(() => rooms.sendData("nowhere", new Uint8Array(1), 0)), missing);
  for (const ask of [
    () => rooms.getParticipant("nowhere", "ada"),
    () => rooms.removeParticipant("nowhere", "ada"),
    () => rooms.mutePublishedTrack("nowhere", "ada", "TR_x", true),
    () => rooms.updateParticipant("nowhere", "ada", { name: "Ada" }),
    () => rooms.updateSubscriptions("nowhere", "ada", ["TR_x"], true),
  ]) {
    assert.deepEqual(await refusal(ask), missing);
  }
  assert.deepEqual(await rooms.listParticipants("nowhere"), []);
});

test("what cannot be is refused as an argument", async () => {
  const wrong = [400, "invalid_argument"];
  for (const plan of [{ name: "" }, { name: "x".repeat(257) }, { name: "ward", metadata: "x".repeat(600_000) }]) {
    assert.deepEqual(await refusal(() => server.rooms.createRoom(plan)), wrong);
  }
});

test("a token that is not ours, is over, or grants something else opens nothing", async () => {
  const unauthenticated = [401, "unauthenticated"];
  const others = [
    new RoomServiceClient(server.http, KEY, "another secret"),
    new RoomServiceClient(server.http, "nokey", SECRET),
  ];
  const grants = { roomCreate: true, roomList: true, roomAdmin: true, room: "ward" };
  const expired = await token(grants, { ttl: -3_600 });
  const joiner = await token({ roomJoin: true, room: "ward" }, { identity: "ada" });
  const elsewhere = await token({ roomAdmin: true, room: "theatre" });
  for (const held of [expired, joiner, elsewhere, "garbage"]) {
    others.push(new RoomServiceClient(server.http, undefined, undefined, { token: held }));
  }
  for (const rooms of others) {
    for (const ask of [
      () => rooms.createRoom({ name: "ward" }),
      () => rooms.listRooms(),
      () => rooms.deleteRoom("ward"),
      () => rooms.listParticipants("ward"),
      () => rooms.removeParticipant("ward", "ada"),
      () => rooms.sendData("ward", new Uint8Array(1), 0),
      () => rooms.updateRoomMetadata("ward", "m"),
    ]) {
      assert.deepEqual(await refusal(ask), unauthenticated);
    }
  }
  const bare = await fetch(`${server.http}/twirp/livekit.RoomService/ListRooms`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assert.deepEqual([bare.status, await bare.json()], [401, { code: "unauthenticated", msg: "permissions denied" }]);
});

test("what this server has not got says so", async () => {
  const absent = [501, "unimplemented"];
  const { http } = server;
  assert.deepEqual(await refusal(() => new EgressClient(http, KEY, SECRET).listEgress()), absent);
  assert.deepEqual(await refusal(() => new IngressClient(http, KEY, SECRET).listIngress()), absent);
  assert.deepEqual(await refusal(() => new SipClient(http, KEY, SECRET).listSipInboundTrunk()), absent);
  assert.deepEqual(await refusal(() => new AgentDispatchClient(http, KEY, SECRET).listDispatch("ward")), absent);
  assert.deepEqual(await refusal(() => server.rooms.forwardParticipant("ward", "ada", "theatre")), absent);
  assert.deepEqual(await refusal(() => server.rooms.moveParticipant("ward", "ada", "theatre")), absent);
});
