// Every page as a person meets it: on a phone and at a desk, by day and by night. axe finds nothing to object to, and
// the pictures lie in out/ for people to look at.
import assert from "node:assert/strict";

import { faults } from "../harness/accessibility.mjs";
import { comesIn, logsIn, theDemosAppointment } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** @typedef {import("../harness/tab.mjs").Person} Person */
/** @typedef {import("../harness/site.mjs").Site} Site */

for (const colours of /** @type {const} */ (["light", "dark"])) {
  story(`everybody can use every page, ${colours}`, async (site) => {
    const staff = await site.atDesk("staff", { colours });
    const mobile = await site.onPhone("mobile", { colours });
    /** @type {string[]} */
    const found = [];
    const look = async (/** @type {string} */ page) => {
      const both = [faults(staff, `${page}-desk-${colours}`), faults(mobile, `${page}-phone-${colours}`)];
      found.push(...(await Promise.all(both)).flat());
    };

    for (const [page, path] of publicPages(site)) {
      await Promise.all([staff.opens(site.at(path)), mobile.opens(site.at(path))]);
      await look(page);
    }
    await Promise.all([logsIn(site, staff, site.facts.admin), logsIn(site, mobile, site.facts.admin)]);
    for (const [page, path] of staffPages(site)) {
      await Promise.all([staff.opens(site.at(path)), mobile.opens(site.at(path))]);
      await look(page);
    }
    found.push(...(await lookAtTheCall(site, colours)));
    assert.deepEqual(found, []);
  });
}

/** @param {Site} site */
function publicPages(site) {
  return [
    ["login", "/login"],
    ["wrong-link", "/join/nonsense"],
    ["not-found", "/no/such/page"],
    ["mailbox", new URL(site.facts.mailbox_url).pathname],
  ];
}

/** @param {Site} site */
function staffPages(site) {
  return [
    ["day", "/day"],
    ["empty-day", "/day?date=2031-05-14"],
    ["booking", "/appointments/new"],
    ["appointment", `/appointments/${site.facts.appointment_id}`],
    ["staff", "/staff"],
    ["practice", "/practice"],
  ];
}

/**
 * The stages of a call from both sides, in the order people see them.
 *
 * @param {Site} site
 * @param {"light" | "dark"} colours
 */
async function lookAtTheCall(site, colours) {
  const { hostLink, guestLink } = await theDemosAppointment(site);
  const [guest, host] = [await site.onPhone("guest", { colours }), await site.atDesk("host", { colours })];
  /** @type {string[]} */
  const found = [];
  const look = async (/** @type {string} */ stage) => {
    const both = [faults(guest, `call-${stage}-guest-${colours}`), faults(host, `call-${stage}-host-${colours}`)];
    found.push(...(await Promise.all(both)).flat());
  };

  await Promise.all([guest.opens(guestLink), host.opens(hostLink)]);
  await Promise.all([guest.isAt("ready"), host.isAt("ready")]);
  await look("ready");
  await comesIn(guest);
  await host.sees(/is waiting/);
  await look("waiting");
  await host.presses(/^start/i);
  await Promise.all([guest.isAt("live"), host.isAt("live")]);
  await look("live");
  await guest.presses(/^leave/i);
  await host.presses(/^end/i);
  await look("asked");
  await host.presses(/end for everyone/i);
  await Promise.all([guest.isAt("ended"), host.isAt("ended")]);
  await look("ended");
  await Promise.all([guest.page.reload(), host.page.reload()]);
  await look("closed");
  return found;
}
