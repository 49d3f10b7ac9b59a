// Videos for Chromium's fake camera, for screenshots that people look at: an animated drawing of harness/camera-drawings/
// instead of the test pattern. Chromium plays motion JPEG as a camera, and repeats it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { launchChromium, OUT } from "./chromium.mjs";

/** Frames of one video: the drawings' two seconds, at the thirty a second at which Chromium plays them. */
const FRAMES = 60;

/**
 * @param {string} drawing
 * @returns {Promise<string>} the path of the video
 */
export async function recordCameraVideo(drawing) {
  const page = await (await launchChromium()).newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(await readFile(join(import.meta.dirname, "camera-drawings", `${drawing}.svg`), "utf8"));
  await page.addStyleTag({ content: "body { margin: 0 } svg { display: block }" });
  const frames = [];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    await page.locator("svg").evaluate((element, second) => {
      const svg = /** @type {SVGSVGElement} */ (element);
      svg.pauseAnimations();
      svg.setCurrentTime(second);
    }, frame / 30);
    frames.push(await page.screenshot({ type: "jpeg", quality: 90 }));
  }
  await page.close();
  const path = join(OUT, `${drawing}.mjpeg`);
  await writeFile(path, Buffer.concat(frames));
  return path;
}
