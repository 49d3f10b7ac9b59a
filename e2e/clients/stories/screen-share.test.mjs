// Somebody shows their screen, with what is heard on it.
import { eventually } from "../../harness/eventually.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

onBothPaths("a shared screen is seen beside the camera, and what sounds on it is heard", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.asks(() => {
    document.body.style.background = "linear-gradient(red, blue)";
    // A page that stands still is a screen that sends nothing new.
    document.body.animate([{ paddingTop: "0" }, { paddingTop: "300px" }], { duration: 1_000, iterations: Infinity });
    const sound = new AudioContext();
    const tone = sound.createOscillator();
    tone.connect(sound.destination);
    tone.start();
  });
  await ada.publishes();
  await ada.asks(() => me.room.localParticipant.setScreenShareEnabled(true, {
    audio: true, preferCurrentTab: true, selfBrowserSurface: "include", resolution: { width: 960, height: 540, frameRate: 10 },
  }).then(() => null));
  await Promise.all([ben.sees(ada, { source: "screen_share" }), ben.sees(ada), ben.hears(ada)]);
  await ben.hears(ada, "screen_share_audio");
  await ada.asks(() => me.room.localParticipant.setScreenShareEnabled(false).then(() => null));
  await eventually("only camera and microphone are left", async () =>
    Object.keys(await ben.receives("ada")).sort().join() === "camera,microphone");
  await ben.sees(ada);
});
