// A story: a promise in a sentence, and what people do to see it kept. It starts with a server nobody else uses, and
// fails also when a page complained without anybody looking.
import assert from "node:assert/strict";
import test, { after } from "node:test";

import { closeBrowser } from "./chromium.mjs";
import { Site } from "./site.mjs";

/**
 * @param {string} promise
 * @param {(site: Site) => Promise<void>} play
 */
export function story(promise, play) {
  test(promise, { timeout: 180_000 }, async () => {
    const site = await Site.open(promise.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 60));
    try {
      await play(site);
      assert.deepEqual(site.complaints, [], "pages complained");
    } catch (error) {
      await site.photographs();
      throw error;
    } finally {
      await site.close();
    }
  });
}

after(closeBrowser);
