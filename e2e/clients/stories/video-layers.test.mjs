// A picture comes in several sizes: each reader gets the one their page has room for, and what nobody looks at is not
// even made.
import { eventually } from "../../harness/eventually.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

/** Large enough for three layers. */
const LARGE = { resolution: { width: 960, height: 540, frameRate: 15 } };

onBothPaths("a picture is sent in the size of its element, and in no other", async ({ comes }) => {
  const [ada, ben] = await Promise.all([
    comes("ada", { options: { dynacast: true } }),
    comes("ben", { options: { adaptiveStream: true } }),
  ]);
  await ada.asks((camera) => me.camera(true, camera).then(() => null), LARGE);
  await ben.sees(ada);

  await resizes(ben, 960, 540);
  await shows(ben, (width) => width === 960);
  await resizes(ben, 160, 90);
  await shows(ben, (width) => width > 0 && width <= 320);
  await eventually("ada's browser makes the smallest picture alone", () => makes(ada, [true, false, false]), { within: 20_000 });

  await resizes(ben, 960, 540);
  await shows(ben, (width) => width === 960);
  await eventually("ada's browser makes the largest again", async () => (await ada.asks(() => me.sent("camera"))).at(-1).active);
});

onBothPaths("an element that is hidden gets no picture, and gets one again when it is shown", async ({ comes }) => {
  const [ada, ben] = await Promise.all([
    comes("ada", { options: { dynacast: true } }),
    comes("ben", { options: { adaptiveStream: true } }),
  ]);
  await ada.asks((camera) => me.camera(true, camera).then(() => null), LARGE);
  await ben.sees(ada);
  await ben.asks(() => (document.querySelector("video").style.display = "none"));
  await eventually("ada's browser makes no picture at all", () => makes(ada, [false, false, false]), { within: 20_000 });
  await ben.asks(() => (document.querySelector("video").style.display = ""));
  await ben.sees(ada);
});

/** The element in which they see somebody gets this size. */
function resizes(person, width, height) {
  return person.asks(([width, height]) => {
    Object.assign(document.querySelector("video").style, { width: `${width}px`, height: `${height}px` });
  }, [width, height]);
}

function shows(person, isWanted) {
  return eventually(`the picture at ${person.name} is as wide as ${isWanted}`, async () => {
    const { width } = (await person.receives("ada")).camera;
    return isWanted(width) ? width : null;
  }, { within: 20_000 });
}

async function makes(person, wanted) {
  const layers = await person.asks(() => me.sent("camera"));
  return JSON.stringify(layers.map(({ active }) => active)) === JSON.stringify(wanted);
}
