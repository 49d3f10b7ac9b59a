// From a guest's tap on Join to the first decoded frame of the host: both in Chromium, against the program in
// ANTEROOM_PROGRAM. The page marks its own steps; ICE and DTLS are read from the connection itself.
import { join as path } from "node:path";
import { parseArgs } from "node:util";

import { closeBrowser, OUT } from "../harness/chromium.mjs";
import { meet, theDemosAppointment } from "../harness/steps.mjs";
import { Site } from "../harness/site.mjs";
import { phasesOf, table } from "./phases.mjs";

/** @typedef {import("../harness/tab.mjs").Person} Person */

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: a number of at least one`);

const site = await Site.open("bench-join");
try {
  const booked = await theDemosAppointment(site);
  const [guest, host] = [await site.atDesk("guest"), await site.atDesk("host")];
  await meet(guest, host, booked);
  await guest.goes();
  const measured = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await joinOnce(booked.guestLink));
  console.log(`from tap to first remote frame, ${rounds} rounds, milliseconds\n\n${table(measured)}`);
} finally {
  await site.close();
  await closeBrowser();
}

/**
 * A guest who was admitted comes on a fresh device, taps, and sees the host.
 *
 * @param {string} link
 */
async function joinOnce(link) {
  const guest = await site.atDesk("guest");
  try {
    await guest.page.addInitScript(markTransports);
    await guest.opens(link);
    await guest.presses(/join here/i);
    await guest.page.waitForFunction(() => performance.getEntriesByName("anteroom:first-frame").length > 0);
    return phasesOf(await marks(guest));
  } catch (error) {
    await guest.page.screenshot({ path: path(OUT, "bench-join-failed.png") }).catch(() => undefined);
    throw error;
  } finally {
    await guest.goes();
  }
}

/**
 * The last mark of each name, in the page's own clock.
 *
 * @param {Person} person
 * @returns {Promise<Record<string, number>>}
 */
function marks({ page }) {
  return page.evaluate(() =>
    Object.fromEntries(performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime])),
  );
}

/** Runs in the page before anything else: when ICE and DTLS of the first connection came up, as marks like the others. */
function markTransports() {
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      this.addEventListener("iceconnectionstatechange", () => {
        if (this.iceConnectionState === "connected") performance.mark("transport:ice");
      });
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState === "connected") performance.mark("transport:dtls");
      });
    }
  };
}
