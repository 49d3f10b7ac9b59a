// Debian's Chromium with a fake camera (a moving test pattern), a microphone that beeps once a second, and a screen.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";

import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Browser} Browser */

/** Logs and screenshots of the last run. */
export const OUT = resolve(import.meta.dirname, "../out");
await mkdir(OUT, { recursive: true });

const FLAGS = [
  "--no-sandbox",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--auto-accept-this-tab-capture",
];

/** Running browsers by their camera flags: the fake camera belongs to the process. @type {Map<string, Promise<Browser>>} */
const running = new Map();

/**
 * The browser with this camera: started on first use, shared by all tabs of this process.
 *
 * @param {{ frameRate?: number, video?: string }} [camera] `video`: path of a motion JPEG file to play instead of the pattern
 */
export function launchChromium({ frameRate = 30, video } = {}) {
  const camera = [`--use-fake-device-for-media-stream=fps=${frameRate}`];
  if (video) camera.push(`--use-file-for-fake-video-capture=${video}`);
  let browser = running.get(camera.join());
  if (!browser) {
    browser = chromium.launch({
      executablePath: process.env.ANTEROOM_CHROMIUM ?? "/usr/bin/chromium",
      chromiumSandbox: false,
      args: [...FLAGS, ...camera],
    });
    running.set(camera.join(), browser);
  }
  return browser;
}

export async function closeChromium() {
  await Promise.all([...running.values()].map(async (browser) => (await browser).close()));
  running.clear();
}
