// A session that runs longer than its join window, and what a link shows long after.
import assert from "node:assert/strict";

import { receiveEachOther } from "../harness/media.mjs";
import { consultationStatus, demoAppointment, startCall } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/**
 * @param {import("../harness/site.mjs").Site} site
 * @param {string} link
 */
async function passJoinWindow(site, link) {
  const { door, now } = await consultationStatus(site, link);
  await site.advanceClock((Date.parse(door.closes_at) - Date.parse(now)) / 1000 + 60);
}

story("a guest who leaves a session that runs late comes back, also after a reload", async (site) => {
  const booked = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await startCall(guest, host, booked);
  await passJoinWindow(site, booked.guestLink);

  await guest.press(/^leave/i);
  await guest.press(/^leave/i);
  await guest.reachesStage("left");
  await guest.page.reload();
  await guest.reachesStage("left");
  await guest.press(/go back in/i);
  await guest.reachesStage("waiting");
  await guest.page.reload();
  await guest.reachesStage("waiting");
  await host.press(/let in/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
  await receiveEachOther(guest, host);
});

story("a link shows only that it has ended, a day after the end", async (site) => {
  const booked = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await startCall(guest, host, booked);
  const doctor = (await consultationStatus(site, booked.guestLink)).people[0].name;
  await host.press(/^end/i);
  await host.press(/end for everyone/i);
  await guest.reachesStage("ended");
  await guest.open(booked.guestLink);
  await guest.showsText(doctor);

  await site.advanceClock(24 * 3600);
  await guest.open(booked.guestLink);
  await guest.showsText("This session has ended.");
  assert.ok(!(await guest.page.content()).includes(doctor));
});
