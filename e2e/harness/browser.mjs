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

/** @type {Promise<Browser> | undefined} */
let running;

/** One browser for everybody in this process, started when somebody first needs it. */
export function browser() {
  running ??= chromium.launch({
    executablePath: process.env.ANTEROOM_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: FLAGS,
  });
  return running;
}

export async function closeBrowser() {
  await (await running)?.close();
  running = undefined;
}
