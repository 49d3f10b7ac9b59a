// Debian's Chromium with a camera and a microphone that are not there: a moving picture and a beep each second.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";

import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Browser} Browser */

/** Where logs and pictures of the last run lie, for people to look at. */
export const OUT = resolve(import.meta.dirname, "../out");
await mkdir(OUT, { recursive: true });

const FLAGS = [
  "--no-sandbox",
  "--use-fake-device-for-media-stream=fps=30",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

/** Running browsers by what their camera films: it belongs to the process. @type {Map<string, Promise<Browser>>} */
const running = new Map();

/**
 * One browser for everybody in this process, or for everybody in front of this film; started when first needed.
 *
 * @param {string} [film]
 */
export function browser(film = "") {
  let browser = running.get(film);
  if (!browser) {
    browser = chromium.launch({
      executablePath: process.env.ANTEROOM_CHROMIUM ?? "/usr/bin/chromium",
      chromiumSandbox: false,
      args: film ? [...FLAGS, `--use-file-for-fake-video-capture=${film}`] : FLAGS,
    });
    running.set(film, browser);
  }
  return browser;
}

export async function closeBrowser() {
  await Promise.all([...running.values()].map(async (browser) => (await browser).close()));
  running.clear();
}
