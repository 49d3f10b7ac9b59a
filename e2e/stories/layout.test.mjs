// The call and the waiting room for those who need large text, zoom or a small screen: nothing is cut, nothing overlaps,
// every control can be reached. Measured, because axe sees none of it.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { join } from "node:path";

import { enterCall, openCallPage } from "../harness/call-page.mjs";
import { closeChromium, OUT } from "../harness/chromium.mjs";
import { openDesktop, openPhone } from "../harness/tab.mjs";

/** @typedef {import("../harness/tab.mjs").Tab} Tab */

/** What people set: the browser's text size, zoom as a smaller viewport, a small phone, a phone held sideways. */
const SIZES = [
  { name: "390", width: 390, height: 844, text: 100 },
  { name: "text-150", width: 390, height: 844, text: 150 },
  { name: "text-200", width: 390, height: 844, text: 200 },
  { name: "zoom-400", width: 320, height: 256, text: 100 },
  { name: "320", width: 320, height: 568, text: 100 },
  { name: "landscape", width: 667, height: 375, text: 100 },
  { name: "desktop", width: 1280, height: 800, text: 100 },
];

/** @type {[string, (tab: Tab) => Promise<void>][]} */
const SCREENS = [
  ["prejoin", (tab) => openCallPage(tab)],
  ["waiting", async (tab) => {
    await openCallPage(tab, { entry: "waiting" });
    await tab.page.getByRole("button", { name: /wait here/i }).press("Enter");
    await tab.reachesStage("waiting");
  }],
  ["guest-call", async (tab) => {
    await openCallPage(tab, { entry: "admitted", state: "live" });
    await enterCall(tab, { picture: { width: 640, height: 360, colour: "#ffffff" } });
  }],
  ["host-call", async (tab) => {
    await openCallPage(tab, { role: "host", state: "live" });
    await enterCall(tab, { picture: { width: 360, height: 640, colour: "#ffffff" } });
  }],
  ["shared-screen", async (tab) => {
    await openCallPage(tab, { role: "host", state: "live" });
    await enterCall(tab, { changes: { screen: true }, others: 5 });
  }],
  ["grid", async (tab) => {
    await openCallPage(tab, { role: "host", state: "live" });
    await enterCall(tab, { others: 5 });
  }],
  ["moved", async (tab) => {
    await openCallPage(tab, { role: "host", state: "live", moved: true });
    await enterCall(tab, { picture: { width: 360, height: 640, colour: "#ffffff" } });
  }],
  ["devices", async (tab) => {
    await openCallPage(tab, { role: "host", state: "live" });
    await enterCall(tab);
    await tab.press(/devices/i);
  }],
];

for (const [screen, open] of SCREENS) {
  test(`${screen}: nothing is cut, covered or out of reach at any size`, { timeout: 120_000 }, async () => {
    const problems = [];
    for (const { name, width, height, text } of SIZES) {
      const tab = width < 600 ? await openPhone(name) : await openDesktop(name);
      await tab.page.setViewportSize({ width, height });
      await tab.page.addInitScript((percent) => {
        document.addEventListener("DOMContentLoaded", () => (document.documentElement.style.fontSize = `${percent}%`));
      }, text);
      await open(tab);
      await tab.page.screenshot({ path: join(OUT, `layout-${screen}-${name}.png`), animations: "disabled" });
      problems.push(...(await layoutProblems(tab)).map((problem) => `${name}: ${problem}`));
      await tab.close();
    }
    assert.deepEqual(problems, []);
  });
}

test("a picture of another shape is shown whole, and fills the screen at a tap", { timeout: 60_000 }, async () => {
  for (const [name, open, size, picture] of /** @type {const} */ ([
    ["phone", openPhone, { width: 390, height: 844 }, { width: 640, height: 360, colour: "#ffffff" }],
    ["desktop", openDesktop, { width: 1280, height: 800 }, { width: 360, height: 640, colour: "#ffffff" }],
  ])) {
    const tab = await open(name);
    await tab.page.setViewportSize(size);
    await openCallPage(tab, { role: "host", state: "live" });
    await enterCall(tab, { picture });
    const fit = () => tab.page.locator(".call-tile__video").evaluate((video) => getComputedStyle(video).objectFit);
    await tab.page.getByRole("button", { name: "Fill the screen" }).waitFor();
    assert.equal(await fit(), "contain");
    await tab.page.screenshot({ path: join(OUT, `fit-${name}-whole.png`), animations: "disabled" });
    await tab.press("Fill the screen");
    assert.equal(await fit(), "cover");
    await tab.press("Show the whole picture");
    assert.equal(await fit(), "contain");
    await tab.close();
  }
});

after(closeChromium);

/**
 * Scrolls to each visible control and text of the screen: is it inside the window, whole, and not covered by another?
 *
 * @param {Tab} tab
 * @returns {Promise<string[]>}
 */
function layoutProblems({ page }) {
  return page.evaluate(() => {
    const problems = [];
    const scope = document.querySelector("dialog[open]") ?? document.querySelector(".call-screen") ?? document.body;
    const named = (/** @type {Element} */ element) => `${element.className || element.tagName} "${(element.textContent ?? "").trim().slice(0, 30)}"`;
    const isShown = (/** @type {Element} */ element) => element.checkVisibility() && !element.closest(".hidden-visually") && element.getClientRects().length > 0;
    const texts = [...scope.querySelectorAll("h1, h2, p, button, a, label, select, .call-control__label, .call-top-bar span, .call-tile__name, .call-tile__interruption")]
      .filter((element) => isShown(element) && (element.textContent ?? "").trim() !== "");
    for (const element of texts) {
      element.scrollIntoView({ block: "center", inline: "nearest" });
      // Scripts can scroll what people cannot.
      for (let at = element.parentElement; at && at !== document.documentElement; at = at.parentElement) {
        if (at.scrollTop === 0 || getComputedStyle(at).overflowY !== "hidden") continue;
        at.scrollTop = 0;
        if (element.getBoundingClientRect().bottom > at.getBoundingClientRect().bottom + 1) problems.push(`${named(element)} is below the end of ${at.className || at.tagName}`);
      }
      const box = element.getBoundingClientRect();
      if (box.left < -1 || box.right > innerWidth + 1) problems.push(`${named(element)} is cut at the side: ${Math.round(box.left)}…${Math.round(box.right)} of ${innerWidth}`);
      if (box.height <= innerHeight && (box.top < -1 || box.bottom > innerHeight + 1)) problems.push(`${named(element)} cannot be scrolled into view: ${Math.round(box.top)}…${Math.round(box.bottom)} of ${innerHeight}`);
      if (element.scrollWidth > element.clientWidth + 2 && getComputedStyle(element).overflowX === "hidden" && getComputedStyle(element).textOverflow !== "ellipsis" && getComputedStyle(element).clipPath === "none") problems.push(`${named(element)} is clipped`);
      if (!element.matches("button, a, select")) continue;
      const [x, y] = [Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1), Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1)];
      const hit = document.elementFromPoint(x, y);
      if (hit && !element.contains(hit) && !hit.contains(element)) problems.push(`${named(element)} is covered by ${named(hit)}`);
    }
    // Words of two controls must not lie on each other.
    const labels = [...scope.querySelectorAll(".call-control__label, .call-top-bar > *")].filter((element) => isShown(element) && (element.textContent ?? "") !== "");
    labels.forEach((one, n) => labels.slice(n + 1).forEach((other) => {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const overlap = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      if (overlap > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) problems.push(`${named(one)} lies on ${named(other)}`);
    }));
    if (document.documentElement.scrollWidth > innerWidth + 1) problems.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}`);
    return problems;
  });
}
