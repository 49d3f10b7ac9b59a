// Video in the call: what is not live is called so, texts over them can be read, one's own can be moved, a shared
// screen can be read on a phone, and the keyboard is never lost.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { join } from "node:path";

import { enterCall, openCallPage } from "../harness/call-page.mjs";
import { closeChromium, OUT } from "../harness/chromium.mjs";
import { openDesktop, openPhone } from "../harness/tab.mjs";

/** @typedef {import("../harness/tab.mjs").Tab} Tab */

const IN_CALL = /** @type {const} */ ({ role: "host", state: "live" });
const WHITE = { width: 360, height: 640, colour: "#ffffff" };
const TIMEOUT = { timeout: 60_000 };

test("texts and signs over a picture can be read on a white and on a black wall", TIMEOUT, async () => {
  for (const open of [openPhone, openDesktop]) {
    const tab = await open("contrast");
    await openCallPage(tab, { ...IN_CALL, moved: true });
    await enterCall(tab, { picture: WHITE, changes: { picture: "still" }, events: [{ type: "connection-quality", quality: "weak" }] });
    await tab.showsText(/has stopped/);
    assert.deepEqual(await faintTexts(tab), []);
    await tab.close();
  }
});

test("a picture that is not live is grey and called so", TIMEOUT, async () => {
  const tab = await openDesktop("not-live");
  await openCallPage(tab, IN_CALL);
  for (const [changes, sentence, isGrey] of /** @type {const} */ ([
    [{ picture: "still", microphone: true }, /picture has stopped/, true],
    [{ picture: "paused", microphone: true }, /too slow for/, true],
    [{ sound: "missing", microphone: true }, /no sound arrives/i, false],
    [{ unsent: "microphone" }, /sound does not get through/, false],
  ])) {
    await enterCall(tab, { picture: WHITE, changes });
    await tab.showsText(sentence);
    const filter = await tab.page.locator(".call-tile__video").evaluate((video) => getComputedStyle(video).filter);
    assert.equal(filter.includes("grayscale"), isGrey, `${sentence}: ${filter}`);
    await tab.page.screenshot({ path: join(OUT, `not-live-${Object.values(changes)[0]}.png`), animations: "disabled" });
  }
  await tab.close();
});

test("one's own picture is moved by pointer and by keyboard, and stays there", TIMEOUT, async () => {
  for (const open of [openPhone, openDesktop]) {
    const tab = await open("own");
    const { page } = tab;
    await openCallPage(tab, IN_CALL);
    await enterCall(tab, { picture: WHITE });
    const own = page.locator(".call-self-tile");
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    const place = async () => {
      const box = await own.boundingBox();
      return box && `${box.y + box.height / 2 < height / 2 ? "top" : "bottom"} ${box.x + box.width / 2 < width / 2 ? "left" : "right"}`;
    };
    const box = await own.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 20, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(width / 4, height / 4, { steps: 5 });
    await page.mouse.up();
    assert.equal(await place(), "top left");
    await own.focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await place(), "bottom left");
    await page.screenshot({ path: join(OUT, `own-${width}.png`), animations: "disabled" });
    const fit = page.getByRole("button", { name: /fill the screen/i });
    if (await fit.isVisible()) {
      const button = await fit.boundingBox();
      const covering = await own.boundingBox();
      assert.ok(button && covering && (button.x >= covering.x + covering.width || button.y >= covering.y + covering.height || button.y + button.height <= covering.y), "the button is not under it");
    }
    await page.reload();
    await page.locator("anteroom-call[data-stage]").waitFor({ state: "attached" });
    await enterCall(tab, { picture: WHITE });
    assert.equal(await place(), "bottom left", "after a reload");
    await tab.close();
  }
});

test("a button that disappears leaves the keyboard in the call", TIMEOUT, async () => {
  const tab = await openDesktop("focus");
  await openCallPage(tab, IN_CALL);
  await enterCall(tab, { picture: WHITE });
  await tab.page.getByRole("button", { name: /fill the screen/i }).focus();
  await enterCall(tab, { changes: { camera: false } });
  await tab.page.getByRole("button", { name: /fill the screen/i }).waitFor({ state: "hidden" });
  assert.equal(await tab.page.evaluate(() => document.activeElement?.tagName), "H1");
  await tab.close();
});

test("a shared screen is enlarged on a phone, and moved in its tile", TIMEOUT, async () => {
  const tab = await openPhone("screen");
  await openCallPage(tab, IN_CALL);
  await enterCall(tab, { changes: { screen: true }, others: 3 });
  const pan = tab.page.locator(".call-tile__pan");
  const size = () => pan.evaluate((element) => [element.scrollWidth, element.clientWidth]);
  await tab.page.locator(".call-tile--screen video").evaluate(async (element) => {
    const video = /** @type {HTMLVideoElement} */ (element);
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    canvas.getContext("2d")?.fillRect(0, 0, 1280, 720);
    video.srcObject = canvas.captureStream(5);
    await video.play();
  });
  await tab.press(/^enlarge/i);
  const [whole = 0, shown = 0] = await size();
  assert.ok(whole > 2 * shown, `${whole} of ${shown}`);
  await pan.focus();
  const before = await pan.evaluate((element) => element.scrollLeft);
  await pan.evaluate((element) => element.scrollBy(-40, 0));
  assert.ok((await pan.evaluate((element) => element.scrollLeft)) < before, "it can be moved");
  await tab.page.screenshot({ path: join(OUT, "screen-enlarged.png"), animations: "disabled" });
  await tab.press(/show the whole screen/i);
  const [again = 0, all = 0] = await size();
  assert.equal(again, all);
  await tab.close();
});

after(closeChromium);

/**
 * Texts with less than 4.5 : 1, and signs with less than 3 : 1, on a white or a black picture. Computed: what lies between
 * the text and the picture is laid over both.
 *
 * @param {Tab} tab
 * @returns {Promise<string[]>}
 */
function faintTexts({ page }) {
  return page.evaluate(() => {
    /** @typedef {[number, number, number, number]} Colour */
    const colour = (/** @type {string} */ css) => {
      const [r = 0, g = 0, b = 0, a = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
      return /** @type {Colour} */ ([r, g, b, a]);
    };
    const over = (/** @type {Colour} */ [r, g, b, a], /** @type {Colour} */ under) =>
      /** @type {Colour} */ ([r * a + under[0] * (1 - a), g * a + under[1] * (1 - a), b * a + under[2] * (1 - a), 1]);
    const light = (/** @type {Colour} */ [r, g, b]) => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ratio = (/** @type {Colour} */ a, /** @type {Colour} */ b) => {
      const [low = 0, high = 0] = [light(a), light(b)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    /** The picture is behind everything in a tile, although the tile has a colour of its own until there is one. */
    const isPicture = (/** @type {Element} */ element) => element.matches(".call-tile, .call-gallery, .call-live");
    const ground = (/** @type {Element} */ element, /** @type {Colour} */ wall) => {
      const layers = [];
      for (let at = /** @type {Element | null} */ (element); at && !isPicture(at); at = at.parentElement) layers.push(colour(getComputedStyle(at).backgroundColor));
      return layers.reverse().reduce((under, layer) => over(layer, under), wall);
    };
    const problems = [];
    const elements = [...document.querySelectorAll(".call-live *")].filter((element) => element.checkVisibility() && element.getClientRects().length > 0 && !element.closest(".hidden-visually"));
    for (const element of elements) {
      const isSign = element instanceof SVGSVGElement;
      const isText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "");
      if (!isSign && !isText) continue;
      for (const [name, wall] of /** @type {[string, Colour][]} */ ([["white", [255, 255, 255, 1]], ["black", [0, 0, 0, 1]]])) {
        const contrast = ratio(colour(getComputedStyle(element).color), ground(element, wall));
        if (contrast < (isSign ? 3 : 4.5)) problems.push(`${element.parentElement?.className} "${(element.textContent ?? "").slice(0, 30)}" on ${name}: ${contrast.toFixed(2)}`);
      }
    }
    return problems;
  });
}
