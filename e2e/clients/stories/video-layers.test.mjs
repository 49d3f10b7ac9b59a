// Simulcast with adaptive stream and dynacast: a receiver gets the layer that its element needs, and the sender encodes
// only layers that are needed.
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { rendersVideo } from "../../harness/media.mjs";

/** Large enough for three layers. */
const LARGE = { resolution: { width: 960, height: 540, frameRate: 15 } };

roomStoryOnBothPaths("only the layer of the element's size is encoded", async (room) => {
  const [ada, ben] = await publishLarge(room);

  await resize(ben, 960, 540);
  await receivesWidth(ben, (width) => width === 960);
  await resize(ben, 160, 90);
  await receivesWidth(ben, (width) => width > 0 && width <= 320);
  await eventually("ada encodes the smallest layer only", () => encodes(ada, [true, false, false]), { within: 20_000 });

  await resize(ben, 960, 540);
  await receivesWidth(ben, (width) => width === 960);
  await eventually("ada encodes the largest layer again", async () => (await ada.evaluate(() => client.sentLayers("camera"))).at(-1).active);
});

roomStoryOnBothPaths("a hidden element gets no video until it is shown again", async (room) => {
  const [ada, ben] = await publishLarge(room);
  await ben.evaluate(() => (document.querySelector("video").style.display = "none"));
  await eventually("ada encodes no layer", () => encodes(ada, [false, false, false]), { within: 20_000 });
  await ben.evaluate(() => (document.querySelector("video").style.display = ""));
  await rendersVideo(ben, ada);
});

/** Ada publishes three layers; ben's client asks for those that its element needs. */
async function publishLarge({ join }) {
  const [ada, ben] = await Promise.all([
    join("ada", { options: { dynacast: true } }),
    join("ben", { options: { adaptiveStream: true } }),
  ]);
  await ada.evaluate((camera) => client.setCamera(true, camera).then(() => null), LARGE);
  await rendersVideo(ben, ada);
  return [ada, ben];
}

/** Sets the size of the video element. */
function resize(participant, width, height) {
  return participant.evaluate(([width, height]) => {
    Object.assign(document.querySelector("video").style, { width: `${width}px`, height: `${height}px` });
  }, [width, height]);
}

function receivesWidth(participant, matches) {
  return eventually(`${participant.name} receives a width of ${matches}`, async () => {
    const { width } = (await participant.receivedFrom("ada")).camera;
    return matches(width) ? width : null;
  }, { within: 20_000 });
}

async function encodes(participant, expected) {
  const layers = await participant.evaluate(() => client.sentLayers("camera"));
  return JSON.stringify(layers.map(({ active }) => active)) === JSON.stringify(expected);
}
