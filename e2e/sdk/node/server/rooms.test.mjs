// Rooms through LiveKit's server SDK: create, list, update, delete; and the code of every refusal.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, SipClient } from "livekit-server-sdk";
import { KEY, SECRET } from "../../../harness/livekit/media-server.mjs";
import { startServer, token } from "./participant.mjs";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** Status and code of a refusal. */
async function refusal(request) {
  const error = await request().then(
    () => assert.fail("it was not refused"),
    (error) => error,
  );
  return [error.status, error.code];
}

test("a room is created once, listed, updated and deleted", async () => {
  const options = { name: "ward", emptyTimeout: 600, maxParticipants: 4, metadata: "floor 2" };
  const created = await server.service.createRoom(options);
  assert.match(created.sid, /^RM_/);
  assert.deepEqual([created.emptyTimeout, created.departureTimeout, created.maxParticipants], [600, 20, 4]);
  assert.ok(Math.abs(Number(created.creationTimeMs) - Date.now()) < 10_000);
  const again = await server.service.createRoom({ name: "ward", emptyTimeout: 1 });
  assert.deepEqual([again.sid, again.emptyTimeout, again.metadata], [created.sid, 600, "floor 2"]);
  await server.service.createRoom({ name: "theatre" });
  assert.deepEqual((await server.service.listRooms()).map((room) => room.name).sort(), ["theatre", "ward"]);
  assert.deepEqual((await server.service.listRooms(["ward", "nowhere"])).map((room) => room.sid), [created.sid]);
  assert.deepEqual(await server.service.listParticipants("ward"), []);
  const updated = await server.service.updateRoomMetadata("ward", "floor 3");
  assert.equal(updated.metadata, "floor 3");
  await server.service.deleteRoom("ward");
  await server.service.deleteRoom("theatre");
  assert.deepEqual(await server.service.listRooms(), []);
});

test("unknown rooms and participants are `not_found`", async () => {
  const { service } = server;
  const missing = [404, "not_found"];
  assert.deepEqual(await refusal(() => service.deleteRoom("nowhere")), missing);
  assert.deepEqual(await refusal(() => service.updateRoomMetadata("nowhere", "m")), missing);
  assert.deepEqual(await refusal(() => service.sendData("nowhere", new Uint8Array(1), 0)), missing);
  for (const request of [
    () => service.getParticipant("nowhere", "ada"),
    () => service.removeParticipant("nowhere", "ada"),
    () => service.mutePublishedTrack("nowhere", "ada", "TR_x", true),
    () => service.updateParticipant("nowhere", "ada", { name: "Ada" }),
    () => service.updateSubscriptions("nowhere", "ada", ["TR_x"], true),
  ]) {
    assert.deepEqual(await refusal(request), missing);
  }
  assert.deepEqual(await service.listParticipants("nowhere"), []);
});

test("invalid options are `invalid_argument`", async () => {
  const wrong = [400, "invalid_argument"];
  for (const options of [{ name: "" }, { name: "x".repeat(257) }, { name: "ward", metadata: "x".repeat(600_000) }]) {
    assert.deepEqual(await refusal(() => server.service.createRoom(options)), wrong);
  }
});

test("foreign, expired and insufficient tokens are `unauthenticated`", async () => {
  const unauthenticated = [401, "unauthenticated"];
  const services = [
    new RoomServiceClient(server.http, KEY, "another secret"),
    new RoomServiceClient(server.http, "nokey", SECRET),
  ];
  const grants = { roomCreate: true, roomList: true, roomAdmin: true, room: "ward" };
  const expired = await token(grants, { ttl: -3_600 });
  const joiner = await token({ roomJoin: true, room: "ward" }, { identity: "ada" });
  const elsewhere = await token({ roomAdmin: true, room: "theatre" });
  for (const invalid of [expired, joiner, elsewhere, "garbage"]) {
    services.push(new RoomServiceClient(server.http, undefined, undefined, { token: invalid }));
  }
  for (const service of services) {
    for (const request of [
      () => service.createRoom({ name: "ward" }),
      () => service.listRooms(),
      () => service.deleteRoom("ward"),
      () => service.listParticipants("ward"),
      () => service.removeParticipant("ward", "ada"),
      () => service.sendData("ward", new Uint8Array(1), 0),
      () => service.updateRoomMetadata("ward", "m"),
    ]) {
      assert.deepEqual(await refusal(request), unauthenticated);
    }
  }
  const bare = await fetch(`${server.http}/twirp/livekit.RoomService/ListRooms`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assert.deepEqual([bare.status, await bare.json()], [401, { code: "unauthenticated", msg: "permissions denied" }]);
});

test("APIs that this server lacks are `unimplemented`", async () => {
  const absent = [501, "unimplemented"];
  const { http } = server;
  assert.deepEqual(await refusal(() => new EgressClient(http, KEY, SECRET).listEgress()), absent);
  assert.deepEqual(await refusal(() => new IngressClient(http, KEY, SECRET).listIngress()), absent);
  assert.deepEqual(await refusal(() => new SipClient(http, KEY, SECRET).listSipInboundTrunk()), absent);
  assert.deepEqual(await refusal(() => new AgentDispatchClient(http, KEY, SECRET).listDispatch("ward")), absent);
  assert.deepEqual(await refusal(() => server.service.forwardParticipant("ward", "ada", "theatre")), absent);
  assert.deepEqual(await refusal(() => server.service.moveParticipant("ward", "ada", "theatre")), absent);
});
