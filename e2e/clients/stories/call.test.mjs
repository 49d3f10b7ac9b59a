// The plain call: two people come, are seen and heard, fall silent, come back and go.
import assert from "node:assert/strict";
import { seeAndHearEachOther } from "../../harness/livekit/client.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";
import { eventually } from "../../harness/eventually.mjs";

onBothPaths("two people see and hear each other, and so does who comes late; who leaves is gone at once", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await Promise.all([ada.publishes(), ben.publishes()]);
  await seeAndHearEachOther(ada, ben);
  const { camera, microphone } = await ben.receives("ada");
  assert.deepEqual([camera.codec, microphone.codec.replace("red", "opus")], ["video/VP8", "audio/opus"]);
  const cleo = await comes("cleo");
  await Promise.all([cleo.sees(ada), cleo.hears(ada), cleo.sees(ben), cleo.hears(ben)]);

  await ada.asks(() => me.room.disconnect());
  await ben.isTold("participantDisconnected", (who) => who === "ada");
  assert.deepEqual(await ben.asks(() => [...me.room.remoteParticipants.keys()]), ["cleo"]);
  await ada.isTold("disconnected", (reason) => reason === CLIENT_INITIATED);
});

onBothPaths("who mutes, or takes their camera back, is not seen and heard, and is again after", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await Promise.all([ben.sees(ada), ben.hears(ada)]);
  await ada.asks(() => me.camera(false));
  await ada.asks(() => me.microphone(false));
  await ben.isTold("trackMuted", (track) => track === "video of camera, muted");
  await ben.isTold("trackMuted", (track) => track === "audio of microphone, muted");
  // A muted microphone goes on sending silence; nobody is made to receive it.
  for (const source of ["camera", "microphone"]) {
    await eventually(`ben receives no packet of ada's ${source} for a second`, standsStill(ben, "ada", source));
  }
  await ada.publishes();
  await ben.isTold("trackUnmuted", (track) => track === "video of camera");
  await Promise.all([ben.sees(ada), ben.hears(ada)]);

  for (const time of [1, 2]) {
    await ada.asks(() => me.takesBack("camera").then(() => null));
    await eventually(`ben is told that it is gone, ${time}`, async () =>
      (await ben.told()).filter(([event]) => event === "trackUnpublished").length === time);
    assert.deepEqual(Object.keys(await ben.receives("ada")), ["microphone"]);
    await ada.asks(() => me.camera(true).then(() => null));
    await Promise.all([ben.sees(ada), ben.hears(ada)]);
  }
});

/** LiveKit's number for it. */
const CLIENT_INITIATED = 1;

/** Asks whether nothing has come for a second: fifty packets of sound, or fifteen pictures. */
function standsStill(person, who, source) {
  let [last, since] = [-1, 0];
  return async () => {
    const { packets } = (await person.receives(who))[source];
    if (packets !== last) [last, since] = [packets, performance.now()];
    return performance.now() - since > 1_000;
  };
}
