// Why somebody is no longer in: each of LiveKit's reasons reaches the one who is out, and the others.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

/** LiveKit's own numbers. */
const WHY = { clientInitiated: 1, duplicateIdentity: 2, participantRemoved: 4, roomDeleted: 5 };

onBothPaths("who comes in elsewhere takes their own place; the older page is told, and the others never miss them", async ({ comes }) => {
  const [first, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await first.publishes();
  await ben.sees(first);
  const second = await comes("ada");
  await first.isTold("disconnected", (reason) => reason === WHY.duplicateIdentity);
  await second.publishes();
  await ben.sees(second);
  assert.equal(await ben.asks(() => me.room.remoteParticipants.size), 1);
  const events = (await ben.told()).map(([event]) => event);
  assert.ok(events.includes("trackUnpublished") && !events.includes("participantDisconnected"), events.join());
});

onBothPaths("who is removed, and whose room is deleted, is told that it was so", async ({ comes, server, room }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await eventually("they see each other", () => ben.asks(() => me.room.remoteParticipants.has("ada")));
  await server.rooms.removeParticipant(room, "ada");
  await ada.isTold("disconnected", (reason) => reason === WHY.participantRemoved);
  await ben.isTold("participantDisconnected", (who) => who === "ada");
  await server.rooms.deleteRoom(room);
  await ben.isTold("disconnected", (reason) => reason === WHY.roomDeleted);
});

onBothPaths("whose right to publish is taken away is muted for all and knows it", async ({ comes, server, room }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await ben.sees(ada);
  await server.rooms.updateParticipant(room, "ada", { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
  await ada.isTold("participantPermissionsChanged", (_, who) => who === "ada");
  await ben.isTold("trackUnpublished", (track, who) => track === "video of camera" && who === "ada");
  const refused = await ada.asks(() => me.camera(true).then(() => "published", (error) => error.name));
  assert.equal(refused, "PublishTrackError");
});
