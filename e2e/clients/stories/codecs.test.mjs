// Every codec a browser can make goes through, and nobody publishes twice because of what we answered.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { onBothPaths, story } from "../../harness/livekit/room-story.mjs";

/** What is published, and what then must be on the wire. */
const CODECS = [
  { videoCodec: "h264", simulcast: true },
  { videoCodec: "vp9", backupCodec: true, mode: /^L[23]T3_KEY$/ },
  { videoCodec: "av1", backupCodec: false, mode: /^L[23]T3_KEY$/ },
];

for (const { mode, ...publish } of CODECS) {
  onBothPaths(`a camera in ${publish.videoCodec} is seen, and published once`, async ({ comes }) => {
    const options = { dynacast: true, publishDefaults: publish };
    const [ada, ben] = await Promise.all([comes("ada", { options }), comes("ben")]);
    await ada.publishes();
    await Promise.all([ben.sees(ada), ben.hears(ada)]);
    // A picture begins small; what counts is the large one, in which every layer is sent.
    await eventually("ada sends the whole picture", async () => (await ada.asks(() => me.sent("camera"))).at(-1).width === 640);
    const { codec } = await ben.sees(ada);
    const wire = await order(ada);
    const wanted = `video/${publish.videoCodec.toUpperCase()}`;
    assert.equal(codec, wanted, wire);
    const layers = await ada.asks(() => me.sent("camera"));
    assert.deepEqual([...new Set(layers.map((layer) => layer.codec ?? wanted))], [wanted], wire);
    if (mode) assert.match(layers[0].mode, mode, wire);
    const events = (await ada.told()).filter(([event, what]) => /^localTrack(Unp|P)ublished/.test(event) && /camera/.test(what));
    assert.deepEqual(events.map(([event]) => event), ["localTrackPublished"], wire);
  });
}

story("a camera in av1 with a second codec for those who lack it is seen", async ({ comes }) => {
  const options = { dynacast: true, publishDefaults: { videoCodec: "av1", backupCodec: { codec: "vp8" } } };
  const [ada, ben] = await Promise.all([comes("ada", { options }), comes("ben")]);
  await ada.publishes();
  await Promise.all([ben.sees(ada), ben.hears(ada)]);
  await eventually("ada sends the whole picture", async () => (await ada.asks(() => me.sent("camera"))).at(-1).width === 640);
  assert.equal((await ben.sees(ada)).codec, "video/AV1");
});

onBothPaths("who joins late, and who was away, sees a picture in h264", async ({ comes }) => {
  const ada = await comes("ada", { options: { publishDefaults: { videoCodec: "h264" } } });
  await ada.publishes();
  const ben = await comes("ben");
  await ben.sees(ada);
  const other = () => [...me.room.remoteParticipants.values()][0].getTrackPublication("camera");
  await ben.asks(`(${other})().setSubscribed(false)`);
  await eventually("ben no longer receives it", async () => !(await ben.receives("ada")).camera.subscribed);
  await ben.asks(`(${other})().setSubscribed(true)`);
  await ben.sees(ada);
});

/** For whoever reads why it failed: the codecs of the picture in the last offer and in the last answer, in their order. */
async function order(person) {
  const descriptions = await person.asks(() => me.descriptions);
  const names = ({ whose, type, sdp }) => {
    const sections = sdp.split(/^(?=m=)/m).filter((section) => section.startsWith("m=video") && /^a=(sendonly|recvonly|sendrecv)/m.test(section));
    return sections.map((section) => {
      const types = section.split("\r\n", 1)[0].split(" ").slice(3);
      const codecs = types.map((number) => section.match(new RegExp(`^a=rtpmap:${number} ([^/]+)`, "m"))?.[1]);
      return `${whose} ${type} ${section.match(/^a=(sendonly|recvonly|sendrecv)/m)[1]}: ${codecs.filter((name) => name !== "rtx").join(" ")}`;
    }).join("\n    ");
  };
  const events = (await person.told()).filter(([event]) => /^localTrack/.test(event)).map((told) => told.join(" "));
  return `what ${person.name}'s browser said and heard:\n    ${descriptions.filter(({ sdp }) => sdp).map(names).join("\n    ")}\n    ${events.join("\n    ")}`;
}
