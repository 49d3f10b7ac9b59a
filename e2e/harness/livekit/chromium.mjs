// Debian's Chromium, one for all people of a story: a camera, a microphone and a screen that are not there, and nobody
// asked for them.
import { chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--use-fake-device-for-media-stream=fps=15",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--auto-accept-this-tab-capture",
];

let running;

/** Started when first needed. */
export function browser() {
  running ??= chromium.launch({ executablePath: named(), chromiumSandbox: false, args: FLAGS });
  return running;
}

export async function closeBrowser() {
  await (await running)?.close();
  running = undefined;
}

function named() {
  const program = process.env.ANTEROOM_CHROMIUM;
  if (!program) throw new Error("ANTEROOM_CHROMIUM names no browser; README.md says which it should be");
  return program;
}
