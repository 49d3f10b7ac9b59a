// Every codec that Chromium can encode is forwarded; an answer with another codec would make livekit-client publish twice.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { roomStory, roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { receivesAudio, rendersVideo } from "../../harness/media.mjs";

/** What is published, and the scalability mode that is then sent. */
const CODECS = [
  { videoCodec: "h264", simulcast: true },
  { videoCodec: "vp9", backupCodec: true, mode: /^L[23]T3_KEY$/ },
  { videoCodec: "av1", backupCodec: false, mode: /^L[23]T3_KEY$/ },
];

for (const { mode, ...publish } of CODECS) {
  roomStoryOnBothPaths(`a ${publish.videoCodec} camera is rendered, and published once`, async ({ join }) => {
    const options = { dynacast: true, publishDefaults: publish };
    const [ada, ben] = await Promise.all([join("ada", { options }), join("ben")]);
    await ada.publish();
    await Promise.all([rendersVideo(ben, ada), receivesAudio(ben, ada)]);
    // Video starts small; all layers are sent at full size only.
    await eventually("ada sends the full size", async () => (await ada.evaluate(() => client.sentLayers("camera"))).at(-1).width === 640);
    const { codec } = await rendersVideo(ben, ada);
    const log = await negotiation(ada);
    const wanted = `video/${publish.videoCodec.toUpperCase()}`;
    assert.equal(codec, wanted, log);
    const layers = await ada.evaluate(() => client.sentLayers("camera"));
    assert.deepEqual([...new Set(layers.map((layer) => layer.codec ?? wanted))], [wanted], log);
    if (mode) assert.match(layers[0].mode, mode, log);
    const events = (await ada.events()).filter(([event, what]) => /^localTrack(Unp|P)ublished/.test(event) && /camera/.test(what));
    assert.deepEqual(events.map(([event]) => event), ["localTrackPublished"], log);
  });
}

roomStory("an av1 camera with a backup codec is rendered", async ({ join }) => {
  const options = { dynacast: true, publishDefaults: { videoCodec: "av1", backupCodec: { codec: "vp8" } } };
  const [ada, ben] = await Promise.all([join("ada", { options }), join("ben")]);
  await ada.publish();
  await Promise.all([rendersVideo(ben, ada), receivesAudio(ben, ada)]);
  await eventually("ada sends the full size", async () => (await ada.evaluate(() => client.sentLayers("camera"))).at(-1).width === 640);
  assert.equal((await rendersVideo(ben, ada)).codec, "video/AV1");
});

roomStoryOnBothPaths("a late and a renewed subscription render h264", async ({ join }) => {
  const ada = await join("ada", { options: { publishDefaults: { videoCodec: "h264" } } });
  await ada.publish();
  const ben = await join("ben");
  await rendersVideo(ben, ada);
  const camera = () => [...client.room.remoteParticipants.values()][0].getTrackPublication("camera");
  await ben.evaluate(`(${camera})().setSubscribed(false)`);
  await eventually("ben is unsubscribed", async () => !(await ben.receivedFrom("ada")).camera.subscribed);
  await ben.evaluate(`(${camera})().setSubscribed(true)`);
  await rendersVideo(ben, ada);
});

/** For the message of a failure: the video codecs in each offer and answer, in their order, and the publish events. */
async function negotiation(participant) {
  const descriptions = await participant.evaluate(() => client.descriptions);
  const codecsOf = ({ side, type, sdp }) => {
    const sections = sdp.split(/^(?=m=)/m).filter((section) => section.startsWith("m=video") && /^a=(sendonly|recvonly|sendrecv)/m.test(section));
    return sections.map((section) => {
      const types = section.split("\r\n", 1)[0].split(" ").slice(3);
      const codecs = types.map((number) => section.match(new RegExp(`^a=rtpmap:${number} ([^/]+)`, "m"))?.[1]);
      return `${side} ${type} ${section.match(/^a=(sendonly|recvonly|sendrecv)/m)[1]}: ${codecs.filter((name) => name !== "rtx").join(" ")}`;
    }).join("\n    ");
  };
  const events = (await participant.events()).filter(([event]) => /^localTrack/.test(event)).map((event) => event.join(" "));
  return `descriptions of ${participant.name}:\n    ${descriptions.filter(({ sdp }) => sdp).map(codecsOf).join("\n    ")}\n    ${events.join("\n    ")}`;
}
