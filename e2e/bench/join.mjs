// Measures the time from a guest's tap on Join to the first decoded frame of the host: both in Chromium, against the
// program in ANTEROOM_PROGRAM. The page sets marks at its own steps; the times of ICE and DTLS come from the connection.
import { join as path } from "node:path";
import { parseArgs } from "node:util";

import { closeChromium, OUT } from "../harness/chromium.mjs";
import { demoAppointment, startCall } from "../harness/steps.mjs";
import { Site } from "../harness/site.mjs";
import { phasesOf, table } from "./phases.mjs";

/** @typedef {import("../harness/tab.mjs").Tab} Tab */

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: a number of at least one`);

const site = await Site.open("bench-join");
try {
  const booked = demoAppointment(site);
  const [guest, host] = [await site.openDesktop("guest"), await site.openDesktop("host")];
  await startCall(guest, host, booked);
  await guest.close();
  const measured = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await joinOnce(booked.guestLink));
  console.log(`from tap to first remote frame, ${rounds} rounds, milliseconds\n\n${table(measured)}`);
} finally {
  await site.close();
  await closeChromium();
}

/**
 * An admitted guest joins with a new tab, until the host's video is there.
 *
 * @param {string} link
 */
async function joinOnce(link) {
  const guest = await site.openDesktop("guest");
  try {
    await guest.page.addInitScript(markTransports);
    await guest.open(link);
    await guest.press(/join here/i);
    await guest.page.waitForFunction(() => performance.getEntriesByName("anteroom:first-frame").length > 0);
    return phasesOf(await marks(guest));
  } catch (error) {
    await guest.page.screenshot({ path: path(OUT, "bench-join-failed.png") }).catch(() => undefined);
    throw error;
  } finally {
    await guest.close();
  }
}

/**
 * The last mark of each name, on the page's clock.
 *
 * @param {Tab} tab
 * @returns {Promise<Record<string, number>>}
 */
function marks({ page }) {
  return page.evaluate(() =>
    Object.fromEntries(performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime])),
  );
}

/** Runs in the page before its scripts: sets marks when ICE and DTLS of the first peer connection are connected. */
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
