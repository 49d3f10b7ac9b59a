// Measures how long a call is interrupted when the server's process is killed and started again: from the kill to the
// next new video frames on both sides. `node bench/restart.mjs [TRIALS] [SIGNAL]` prints each trial and the 95th
// percentile; `SIGTERM` measures an ordered restart.
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

import { startDemo } from "../harness/anteroom.mjs";
import { closeChromium, OUT } from "../harness/chromium.mjs";
import { eventually } from "../harness/eventually.mjs";
import { receiveEachOther } from "../harness/media.mjs";
import { freePorts } from "../harness/ports.mjs";
import { startCall } from "../harness/steps.mjs";
import { openDesktop, openPhone } from "../harness/tab.mjs";
import { percentile } from "./phases.mjs";

/** @typedef {import("../harness/tab.mjs").Tab} Tab */

/** Milliseconds. Users who wait longer give up and call by phone. */
const GOAL = 4_000;
/**
 * Kills per browser process. Chromium delays new sockets for up to many seconds when several have failed within three
 * minutes: from the fifth kill on, the measurement would be of that delay.
 */
const KILLS = 3;
const trials = Number(process.argv[2] ?? 20);
const signal = /** @type {NodeJS.Signals} */ (process.argv[3] ?? "SIGKILL");

/** The session id of the tab's participant: a rejoin gets a new one. @param {Tab} tab */
function participantSid({ page }) {
  return page.evaluate(() => {
    const call = /** @type {any} */ (document.querySelector("anteroom-call"));
    return call?.room?.localParticipant.sid ?? "";
  });
}

/**
 * The tab has joined again and receives new frames.
 *
 * @param {Tab} tab
 * @param {string} sidBefore
 */
async function isBack(tab, sidBefore) {
  await eventually(`${tab.name} has joined again`, async () => {
    const sid = await participantSid(tab);
    return sid !== "" && sid !== sidBefore;
  }, { within: 60_000 });
  const frames = async () => Object.values(await tab.received()).map((tracks) => tracks.camera?.frames ?? 0);
  const [first = 0] = await frames();
  await eventually(`${tab.name} receives new frames of one participant`, async () => {
    const now = await frames();
    return now.length === 1 && (now[0] ?? 0) > first + 2;
  }, { within: 60_000 });
}

/**
 * Starts a practice and a call, and kills the server this often. Returns the milliseconds of each interruption.
 *
 * @param {number} kills
 */
async function round(kills) {
  const [data, port] = [await mkdtemp(join(tmpdir(), "anteroom-restart-")), await freePorts(1 + availableParallelism())];
  const start = (/** @type {number} */ run) => startDemo({ log: join(OUT, `restart-${run}.log`), data, listen: `127.0.0.1:${port}` });
  let { program, demo } = await start(0);
  const [guest, host] = [await openPhone("guest"), await openDesktop("host")];
  const times = [];
  try {
    await startCall(guest, host, { hostLink: demo.host_link, guestLink: demo.guest_link });
    await receiveEachOther(guest, host);
    for (let kill = 1; kill <= kills; kill += 1) {
      const before = { guest: await participantSid(guest), host: await participantSid(host) };
      const begun = performance.now();
      await program.stop(signal);
      ({ program } = await start(kill));
      await Promise.all([isBack(guest, before.guest), isBack(host, before.host)]);
      times.push(performance.now() - begun);
      console.log(`interrupted for ${Math.round(times.at(-1) ?? 0)} ms`);
      await receiveEachOther(guest, host);
    }
    return times;
  } finally {
    await Promise.all([guest.close(), host.close()]);
    await closeChromium();
    await program.stop("SIGKILL");
    await rm(data, { recursive: true, force: true });
  }
}

/** @type {number[]} */
const times = [];
while (times.length < trials) times.push(...(await round(Math.min(KILLS, trials - times.length))));
times.sort((one, other) => one - other);
const p95 = percentile(times, 95);
console.log(`p50 ${Math.round(percentile(times, 50))} ms, p95 ${Math.round(p95)} ms, goal ${GOAL} ms`);
process.exitCode = p95 <= GOAL ? 0 : 1;
