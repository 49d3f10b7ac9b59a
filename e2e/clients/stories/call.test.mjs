// The plain call: two people come, are seen and heard, fall silent, come back and go.
import assert from "node:assert/strict";
import { seeAndHearEachOther } from "../harness/person.mjs";
import { onBothPaths } from "../harness/story.mjs";
import { eventually } from "../../harness/eventually.mjs";

onBothPaths("two people see and hear each other, on their screens and in their ears", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await Promise.all([ada.publishes(), ben.publishes()]);
  await seeAndHearEachOther(ada, ben);
  const { camera, microphone } = await ben.receives("ada");
  assert.deepEqual([camera.codec, microphone.codec], ["video/VP8", "audio/opus"]);
});

onBothPaths("who comes late sees and hears who was there before", async ({ comes }) => {
  const ada = await comes("ada");
  await ada.publishes();
  const ben = await comes("ben");
  await Promise.all([ben.sees(ada), ben.hears(ada)]);
});

onBothPaths("who mutes is not heard and not seen, and is again after", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await Promise.all([ben.sees(ada), ben.hears(ada)]);
  await ada.asks(() => me.camera(false));
  await ada.asks(() => me.microphone(false));
  await ben.isTold("trackMuted", (track) => track === "video of camera, muted");
  await ben.isTold("trackMuted", (track) => track === "audio of microphone, muted");
  await eventually("ben receives no packet of ada's camera for a second", standsStill(ben, "ada", "camera"));
  await ada.publishes();
  await ben.isTold("trackUnmuted", (track) => track === "video of camera");
  await Promise.all([ben.sees(ada), ben.hears(ada)]);
});

onBothPaths("a camera taken back is gone for the others, and is there when it is shown again", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await ben.sees(ada);
  for (const time of [1, 2]) {
    await ada.asks(() => me.takesBack("camera").then(() => null));
    await eventually(`ben is told that it is gone, ${time}`, async () =>
      (await ben.told()).filter(([event]) => event === "trackUnpublished").length === time);
    assert.deepEqual(Object.keys(await ben.receives("ada")), ["microphone"]);
    await ada.asks(() => me.camera(true));
    await Promise.all([ben.sees(ada), ben.hears(ada)]);
  }
});

onBothPaths("who leaves is gone for the others at once", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await ben.sees(ada);
  await ada.asks(() => me.room.disconnect());
  await ben.isTold("participantDisconnected", (who) => who === "ada");
  assert.equal(await ben.asks(() => me.room.remoteParticipants.size), 0);
  await ada.isTold("disconnected", (reason) => reason === 1);
});

/** Asks whether nothing has come for a second: fifty packets of sound, or fifteen pictures. */
function standsStill(person, who, source) {
  let [last, since] = [-1, 0];
  return async () => {
    const { packets } = (await person.receives(who))[source];
    if (packets !== last) [last, since] = [packets, performance.now()];
    return performance.now() - since > 1_000;
  };
}
