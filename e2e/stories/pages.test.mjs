// Every page on a phone and on a desktop, in the light and the dark colour scheme: axe finds no violation. The
// screenshots are in out/ for review.
import assert from "node:assert/strict";

import { violations } from "../harness/accessibility.mjs";
import { demoAppointment, enterWaitingRoom, logIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** @typedef {import("../harness/site.mjs").Site} Site */

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  story(`every page passes the accessibility rules, ${colorScheme}`, async (site) => {
    const staff = await site.openDesktop("staff", { colorScheme });
    const mobile = await site.openPhone("mobile", { colorScheme });
    /** @type {string[]} */
    const found = [];
    const check = async (/** @type {string} */ page) => {
      const both = [violations(staff, `${page}-desk-${colorScheme}`), violations(mobile, `${page}-phone-${colorScheme}`)];
      found.push(...(await Promise.all(both)).flat());
    };

    for (const [page, path] of publicPages(site)) {
      await Promise.all([staff.open(site.url(path)), mobile.open(site.url(path))]);
      await check(page);
    }
    await Promise.all([logIn(site, staff, site.demo.admin), logIn(site, mobile, site.demo.admin)]);
    for (const [page, path] of staffPages(site)) {
      await Promise.all([staff.open(site.url(path)), mobile.open(site.url(path))]);
      await check(page);
    }
    found.push(...(await violationsInCall(site, colorScheme)));
    assert.deepEqual(found, []);
  });
}

/** @param {Site} site */
function publicPages(site) {
  return [
    ["login", "/login"],
    ["wrong-link", "/join/nonsense"],
    ["not-found", "/no/such/page"],
    ["mailbox", new URL(site.demo.mailbox_url).pathname],
  ];
}

/** @param {Site} site */
function staffPages(site) {
  return [
    ["day", "/day"],
    ["empty-day", "/day?date=2031-05-14"],
    ["booking", "/appointments/new"],
    ["appointment", `/appointments/${site.demo.appointment_id}`],
    ["staff", "/staff"],
    ["account", "/account"],
    ["keys", "/keys"],
    ["practice", "/practice"],
  ];
}

/**
 * The violations in every stage of a call on both sides, in the order of the stages.
 *
 * @param {Site} site
 * @param {"light" | "dark"} colorScheme
 */
async function violationsInCall(site, colorScheme) {
  const { hostLink, guestLink } = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest", { colorScheme }), await site.openDesktop("host", { colorScheme })];
  /** @type {string[]} */
  const found = [];
  const check = async (/** @type {string} */ stage) => {
    const both = [violations(guest, `call-${stage}-guest-${colorScheme}`), violations(host, `call-${stage}-host-${colorScheme}`)];
    found.push(...(await Promise.all(both)).flat());
  };

  await Promise.all([guest.open(guestLink), host.open(hostLink)]);
  await Promise.all([guest.reachesStage("ready"), host.reachesStage("ready")]);
  await check("ready");
  await enterWaitingRoom(guest);
  await host.showsText(/is waiting/);
  await check("waiting");
  await host.press(/^start/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
  await check("live");
  await guest.press(/^leave/i);
  await host.press(/^end/i);
  await check("asked");
  await host.press(/end for everyone/i);
  await Promise.all([guest.reachesStage("ended"), host.reachesStage("ended")]);
  await check("ended");
  await Promise.all([guest.page.reload(), host.page.reload()]);
  await check("closed");
  return found;
}
