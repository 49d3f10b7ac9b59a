// A screen share with its audio.
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { receivesAudio, rendersVideo } from "../../harness/media.mjs";

roomStoryOnBothPaths("screen share video and audio arrive beside camera and microphone", async ({ join }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await ada.evaluate(() => {
    document.body.style.background = "linear-gradient(red, blue)";
    // A page that does not change gives no new frames.
    document.body.animate([{ paddingTop: "0" }, { paddingTop: "300px" }], { duration: 1_000, iterations: Infinity });
    const sound = new AudioContext();
    const tone = sound.createOscillator();
    tone.connect(sound.destination);
    tone.start();
  });
  await ada.publish();
  await ada.evaluate(() => client.room.localParticipant.setScreenShareEnabled(true, {
    audio: true, preferCurrentTab: true, selfBrowserSurface: "include", resolution: { width: 960, height: 540, frameRate: 10 },
  }).then(() => null));
  await Promise.all([rendersVideo(ben, ada, { source: "screen_share" }), rendersVideo(ben, ada), receivesAudio(ben, ada)]);
  await receivesAudio(ben, ada, "screen_share_audio");
  await ada.evaluate(() => client.room.localParticipant.setScreenShareEnabled(false).then(() => null));
  await eventually("only camera and microphone are left", async () =>
    Object.keys(await ben.receivedFrom("ada")).sort().join() === "camera,microphone");
  await rendersVideo(ben, ada);
});
