// Calls that are encrypted from end to end by LiveKit's own worker: we carry what we cannot read.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { seeAndHearEachOther } from "../../harness/livekit/client.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

for (const videoCodec of ["vp8", "h264"]) {
  onBothPaths(`who has the key sees and hears, in ${videoCodec}, and who has another one does not`, async ({ comes }) => {
    const options = { dynacast: true, publishDefaults: { videoCodec } };
    const sealed = (e2ee) => ({ options, e2ee });
    const [ada, ben, eve] = await Promise.all([comes("ada", sealed("one")), comes("ben", sealed("one")), comes("eve", sealed("two"))]);
    await Promise.all([ada.publishes(), ben.publishes()]);
    await seeAndHearEachOther(ada, ben);
    assert.equal((await ben.receives("ada")).camera.codec, `video/${videoCodec.toUpperCase()}`);

    await eventually("eve is sent what she cannot read", async () => {
      const { camera } = await eve.receives("ada");
      return camera?.packets > 50;
    });
    assert.deepEqual([(await eve.receives("ada")).camera.frames, (await eve.receives("ben")).camera.frames], [0, 0]);

    const cleo = await comes("cleo", sealed("one"));
    await Promise.all([cleo.sees(ada), cleo.hears(ben)]);
    await ben.sees(ada);
  });
}

onBothPaths("words that are encrypted arrive readable, for those with the key", async ({ comes }) => {
  const [ada, ben, eve] = await Promise.all([comes("ada", { e2ee: "one" }), comes("ben", { e2ee: "one" }), comes("eve", { e2ee: "two" })]);
  await ada.asks(() => me.room.localParticipant.publishData(new TextEncoder().encode("our secret"), { reliable: true }));
  await ben.isTold("dataReceived", (data) => data === "our secret");
  assert.equal((await eve.told()).filter(([event]) => event === "dataReceived").length, 0);
});
