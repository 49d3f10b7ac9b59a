// Each disconnect reason reaches the client that is disconnected; the others receive a leave, or none.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { rendersVideo } from "../../harness/media.mjs";

/** `DisconnectReason` of livekit-client. */
const REASONS = { clientInitiated: 1, duplicateIdentity: 2, participantRemoved: 4, roomDeleted: 5 };

roomStoryOnBothPaths("a second client of an identity replaces the first without a leave", async ({ join }) => {
  const [first, ben] = await Promise.all([join("ada"), join("ben")]);
  await first.publish();
  await rendersVideo(ben, first);
  const second = await join("ada");
  await first.receivesEvent("disconnected", (reason) => reason === REASONS.duplicateIdentity);
  await second.publish();
  await rendersVideo(ben, second);
  assert.equal(await ben.evaluate(() => client.room.remoteParticipants.size), 1);
  const events = (await ben.events()).map(([event]) => event);
  assert.ok(events.includes("trackUnpublished") && !events.includes("participantDisconnected"), events.join());
});

roomStoryOnBothPaths("removal and room deletion are the reasons given", async ({ join, service, room }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await eventually("ben knows ada", () => ben.evaluate(() => client.room.remoteParticipants.has("ada")));
  await service.removeParticipant(room, "ada");
  await ada.receivesEvent("disconnected", (reason) => reason === REASONS.participantRemoved);
  await ben.receivesEvent("participantDisconnected", (who) => who === "ada");
  await service.deleteRoom(room);
  await ben.receivesEvent("disconnected", (reason) => reason === REASONS.roomDeleted);
});

roomStoryOnBothPaths("revoking the publish permission unpublishes and refuses new tracks", async ({ join, service, room }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await ada.publish();
  await rendersVideo(ben, ada);
  await service.updateParticipant(room, "ada", { permission: { canPublish: false, canSubscribe: true, canPublishData: true } });
  await ada.receivesEvent("participantPermissionsChanged", (_, who) => who === "ada");
  await ben.receivesEvent("trackUnpublished", (track, who) => track === "video of camera" && who === "ada");
  const refused = await ada.evaluate(() => client.setCamera(true).then(() => "published", (error) => error.name));
  assert.equal(refused, "PublishTrackError");
});
