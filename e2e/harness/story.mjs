// A story: a promise in a sentence, and the steps that prove it. Each starts with a server of its own, and fails also
// when a page logged an error.
import assert from "node:assert/strict";
import test, { after } from "node:test";

import { closeChromium } from "./chromium.mjs";
import { playAndClose } from "./play.mjs";
import { Site } from "./site.mjs";

/**
 * @param {string} promise
 * @param {(site: Site) => Promise<void>} play
 */
export function story(promise, play) {
  test(promise, { timeout: 180_000 }, async ({ signal }) => {
    const site = await Site.open(promise.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 60));
    await playAndClose(site, signal, async () => {
      await play(site);
      assert.deepEqual(site.consoleErrors, [], "pages logged errors");
    });
  });
}

after(closeChromium);
