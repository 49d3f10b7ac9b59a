// Pages that are open for hours: a restart, a proxy that buffers, a login that ends, midnight.
import assert from "node:assert/strict";

import { violations } from "../harness/accessibility.mjs";
import { addHost, demoAppointment, enterWaitingRoom, logIn } from "../harness/steps.mjs";
import { eventually } from "../harness/eventually.mjs";
import { startProxy } from "../harness/proxy.mjs";
import { story } from "../harness/story.mjs";

/** @typedef {import("../harness/site.mjs").Site} Site */
/** @typedef {import("../harness/proxy.mjs").Proxy} Proxy */

/** A live page is at most this far behind. Milliseconds. */
const BEHIND = { timeout: 15_000 };

/**
 * A story in which the host reaches the server through a proxy.
 *
 * @param {string} promise
 * @param {(site: Site, proxy: Proxy) => Promise<void>} play
 */
function proxied(promise, play) {
  story(promise, async (site) => {
    const proxy = await startProxy(site.demo.url);
    try {
      await play(site, proxy);
    } finally {
      await proxy.close();
    }
  });
}

/**
 * The day of the host, through the proxy.
 *
 * @param {Site} site
 * @param {Proxy} proxy
 */
async function openDay(site, proxy) {
  const host = await site.openDesktop("host");
  await logIn(site, host, site.demo.host);
  await host.open(proxy.url("/day"));
  await host.page.locator("#day-list").waitFor();
  return host;
}

/** A zone in which it is this hour now. @param {number} hour */
function zoneAtHour(hour) {
  const at = (/** @type {string} */ timeZone) =>
    Number(new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit" }).format(new Date()));
  const zone = Intl.supportedValuesOf("timeZone").find((zone) => zone.includes("/") && at(zone) === hour);
  if (!zone) throw new Error(`nowhere is it ${hour} o'clock`);
  return zone;
}

/** @param {Site} site */
async function openWaitingRoom(site) {
  const guest = await site.openPhone("guest");
  await guest.open(demoAppointment(site).guestLink);
  await enterWaitingRoom(guest);
  return guest;
}

proxied("the day says that it is not connected, and comes back after a restart", async (site, proxy) => {
  const host = await openDay(site, proxy);
  const { page } = host;
  proxy.breakDown();
  await page.getByText("Not connected").filter({ visible: true }).waitFor(BEHIND);
  assert.deepEqual(await violations(host, "day-not-connected"), []);
  await eventually("the title says so too", async () => (await page.title()).startsWith("Not connected"));
  await openWaitingRoom(site);
  proxy.work();
  await page.getByText("1 person is waiting").filter({ visible: true }).waitFor(BEHIND);
  await page.getByText("Not connected").waitFor({ state: "hidden" });
});

proxied("behind a proxy that buffers, the day shows who waits within 15 seconds", async (site, proxy) => {
  proxy.buffer();
  const { page } = await openDay(site, proxy);
  await openWaitingRoom(site);
  await page.getByText("1 person is waiting").filter({ visible: true }).waitFor(BEHIND);
});

proxied("without the file of its texts, which never arrives, the day shows who waits and since when", async (site, proxy) => {
  const host = await site.openDesktop("host");
  await logIn(site, host, site.demo.host);
  let asked = 0;
  await host.page.route(/\/assets\/site-(en|de)-[^/]*\.js$/, () => void (asked += 1));
  await host.page.goto(proxy.url("/day"), { waitUntil: "commit" });
  await openWaitingRoom(site);
  await host.page.locator('[data-tone="waiting"]').waitFor(BEHIND);
  assert.match(await host.page.locator("time[data-since]").first().innerText(), /just now|min/);
  await host.page.getByRole("button", { name: "Sound on" }).waitFor();
  assert.ok(asked > 0, "the page asked for the file");
});

proxied("behind a proxy that buffers, a guest is brought into the call", async (site, proxy) => {
  proxy.buffer();
  const { guestLink, hostLink } = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await guest.open(proxy.url(new URL(guestLink).pathname));
  await enterWaitingRoom(guest);
  await host.open(hostLink);
  await host.press(/^start/i);
  await guest.page.locator('anteroom-call[data-stage="live"]').waitFor({ state: "attached", ...BEHIND });
});

proxied("a login that ends leads to the login page, and back to the day", async (site, proxy) => {
  const host = await openDay(site, proxy);
  await host.context.clearCookies();
  proxy.breakDown();
  proxy.work();
  await host.page.waitForURL(/\/login\?next=%2Fday$/, BEHIND);
  await host.page.getByLabel(/e-?mail/i).fill(site.demo.host.email);
  await host.page.getByLabel(/password/i).fill(site.demo.host.password);
  await host.press(/log in/i);
  await host.page.locator("#day-list").waitFor();
});

story("a day that stays open over midnight shows the new day", async (site) => {
  const late = { name: "Dr Nadia Owl", email: "nadia@practice.example", password: "seven quiet herons", zone: zoneAtHour(23) };
  const host = await site.openDesktop("host");
  await logIn(site, host, site.demo.admin);
  await addHost(site, host, late);
  await host.context.clearCookies();
  await logIn(site, host, late);
  const { page } = host;
  const before = await page.locator(".day__title").innerText();
  await page.getByRole("button", { name: "Sound on" }).click();
  await site.advanceClock(3600);
  await eventually("the heading is of another day", async () => (await page.locator(".day__title").innerText()) !== before);
  await page.locator(".day__today").waitFor();
  // The page was not loaded again: the browser would mute its chime until the next click.
  await page.getByRole("button", { name: "Sound off" }).waitFor();
});
