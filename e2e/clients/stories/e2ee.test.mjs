// Media and data that LiveKit's worker encrypts end to end: the server forwards what it cannot decrypt.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { receiveEachOther, receivesAudio, rendersVideo } from "../../harness/media.mjs";

for (const videoCodec of ["vp8", "h264"]) {
  roomStoryOnBothPaths(`${videoCodec} is decoded with the right key only`, async ({ join }) => {
    const options = { dynacast: true, publishDefaults: { videoCodec } };
    const withKey = (e2eeKey) => ({ options, e2eeKey });
    const [ada, ben, eve] = await Promise.all([join("ada", withKey("one")), join("ben", withKey("one")), join("eve", withKey("two"))]);
    await Promise.all([ada.publish(), ben.publish()]);
    await receiveEachOther(ada, ben);
    assert.equal((await ben.receivedFrom("ada")).camera.codec, `video/${videoCodec.toUpperCase()}`);

    await eventually("eve receives encrypted video", async () => {
      const { camera } = await eve.receivedFrom("ada");
      return camera?.packets > 50;
    });
    assert.deepEqual([(await eve.receivedFrom("ada")).camera.frames, (await eve.receivedFrom("ben")).camera.frames], [0, 0]);

    const cleo = await join("cleo", withKey("one"));
    await Promise.all([rendersVideo(cleo, ada), receivesAudio(cleo, ben)]);
    await rendersVideo(ben, ada);
  });
}

roomStoryOnBothPaths("encrypted data is readable with the right key only", async ({ join }) => {
  const [ada, ben, eve] = await Promise.all([join("ada", { e2eeKey: "one" }), join("ben", { e2eeKey: "one" }), join("eve", { e2eeKey: "two" })]);
  // Until its worker has confirmed, livekit-client sends data in plain text.
  await eventually("ada encrypts", () => ada.evaluate(() => client.room.isE2EEEnabled));
  await ada.evaluate(() => client.sendText("our secret"));
  await ben.receivesEvent("dataReceived", (data) => data === "our secret");
  assert.equal((await eve.events()).filter(([event]) => event === "dataReceived").length, 0);
});
