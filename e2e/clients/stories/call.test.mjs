// A call of two and three clients: publish, mute, unpublish, publish again, leave.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { receiveEachOther, receivesAudio, receivesNoPackets, rendersVideo } from "../../harness/media.mjs";

roomStoryOnBothPaths("two clients and a latecomer receive each other until one leaves", async ({ join }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await Promise.all([ada.publish(), ben.publish()]);
  await receiveEachOther(ada, ben);
  const { camera, microphone } = await ben.receivedFrom("ada");
  assert.deepEqual([camera.codec, microphone.codec.replace("red", "opus")], ["video/VP8", "audio/opus"]);
  const cleo = await join("cleo");
  await Promise.all([rendersVideo(cleo, ada), receivesAudio(cleo, ada), rendersVideo(cleo, ben), receivesAudio(cleo, ben)]);

  await ada.evaluate(() => client.room.disconnect());
  await ben.receivesEvent("participantDisconnected", (who) => who === "ada");
  assert.deepEqual(await ben.evaluate(() => [...client.room.remoteParticipants.keys()]), ["cleo"]);
  await ada.receivesEvent("disconnected", (reason) => reason === CLIENT_INITIATED);
});

roomStoryOnBothPaths("muted and unpublished tracks stop, and start again", async ({ join }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await ada.publish();
  await Promise.all([rendersVideo(ben, ada), receivesAudio(ben, ada)]);
  await ada.evaluate(() => client.setCamera(false));
  await ada.evaluate(() => client.setMicrophone(false));
  await ben.receivesEvent("trackMuted", (track) => track === "video of camera, muted");
  await ben.receivesEvent("trackMuted", (track) => track === "audio of microphone, muted");
  // A muted microphone goes on sending silence; it is not forwarded.
  for (const source of ["camera", "microphone"]) {
    await receivesNoPackets(ben, ada, source);
  }
  await ada.publish();
  await ben.receivesEvent("trackUnmuted", (track) => track === "video of camera");
  await Promise.all([rendersVideo(ben, ada), receivesAudio(ben, ada)]);

  for (const count of [1, 2]) {
    await ada.evaluate(() => client.unpublish("camera").then(() => null));
    await eventually(`ben receives trackUnpublished, ${count}`, async () => (await ben.eventCount("trackUnpublished")) === count);
    assert.deepEqual(Object.keys(await ben.receivedFrom("ada")), ["microphone"]);
    await ada.evaluate(() => client.setCamera(true).then(() => null));
    await Promise.all([rendersVideo(ben, ada), receivesAudio(ben, ada)]);
  }
});

/** `DisconnectReason` of livekit-client. */
const CLIENT_INITIATED = 1;
