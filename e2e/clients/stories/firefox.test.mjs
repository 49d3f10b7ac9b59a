// Firefox as Debian ships it, and Chromium, in one call: Firefox offers later, and names its tracks in its own way.
import { seeAndHearEachOther } from "../../harness/livekit/client.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

onBothPaths("Firefox and Chromium see and hear each other, whoever comes first", async ({ comes, comesWithFirefox }) => {
  const ada = await comesWithFirefox("ada");
  await ada.publishes();
  const ben = await comes("ben");
  await ben.publishes();
  await seeAndHearEachOther(ada, ben);

  await ada.asks(() => me.camera(false).then(() => null));
  await ben.isTold("trackMuted", (track) => track === "video of camera, muted");
  await ada.asks(() => me.camera(true).then(() => null));
  await ben.sees(ada);
  await ada.asks(() => me.room.simulateScenario("signal-reconnect"));
  await ada.isTold("reconnected");
  await ada.asks(() => me.takesBack("camera").then(() => null));
  await ben.isTold("trackUnpublished", (track) => /camera/.test(track));
  await ada.asks(() => me.camera(true).then(() => null));
  await seeAndHearEachOther(ada, ben);
});
