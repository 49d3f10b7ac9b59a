// Debian's Firefox and Chromium in one call: Firefox sends its offer later, and has its own form of track ids.
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { receiveEachOther, rendersVideo } from "../../harness/media.mjs";

roomStoryOnBothPaths("Firefox and Chromium receive each other", async ({ join, joinInFirefox }) => {
  const ada = await joinInFirefox("ada");
  await ada.publish();
  const ben = await join("ben");
  await ben.publish();
  await receiveEachOther(ada, ben);

  await ada.evaluate(() => client.setCamera(false).then(() => null));
  await ben.receivesEvent("trackMuted", (track) => track === "video of camera, muted");
  await ada.evaluate(() => client.setCamera(true).then(() => null));
  await rendersVideo(ben, ada);
  await ada.evaluate(() => client.room.simulateScenario("signal-reconnect"));
  await ada.receivesEvent("reconnected");
  await ada.evaluate(() => client.unpublish("camera").then(() => null));
  await ben.receivesEvent("trackUnpublished", (track) => /camera/.test(track));
  await ada.evaluate(() => client.setCamera(true).then(() => null));
  await receiveEachOther(ada, ben);
});
