// What cameras see when a picture is taken for people: somebody drawn in harness/camera-drawings/, moving a little, instead of
// Chromium's green test card. A film is motion JPEG, which Chromium takes for a camera; it repeats.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { browser, OUT } from "./chromium.mjs";

/** Frames of one film: the scenes' two seconds at the thirty a second at which Chromium plays it. */
const FRAMES = 60;

/**
 * Films a scene.
 *
 * @param {string} scene
 * @returns {Promise<string>} where the film lies
 */
export async function film(scene) {
  const page = await (await browser()).newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(await readFile(join(import.meta.dirname, "camera-drawings", `${scene}.svg`), "utf8"));
  await page.addStyleTag({ content: "body { margin: 0 } svg { display: block }" });
  const frames = [];
  for (let frame = 0; frame < FRAMES; frame += 1) {
    await page.locator("svg").evaluate((drawing, second) => {
      const moving = /** @type {SVGSVGElement} */ (drawing);
      moving.pauseAnimations();
      moving.setCurrentTime(second);
    }, frame / 30);
    frames.push(await page.screenshot({ type: "jpeg", quality: 90 }));
  }
  await page.close();
  const path = join(OUT, `${scene}.mjpeg`);
  await writeFile(path, Buffer.concat(frames));
  return path;
}
