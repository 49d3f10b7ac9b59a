// Debian's Firefox as the guest, in a call with Chromium.
import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { Firefox } from "../harness/firefox.mjs";
import { receivedByCall, receiveEachOther } from "../harness/media.mjs";
import { demoAppointment, ENTER } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

story("a Firefox guest and a Chromium host receive each other", async (site) => {
  const { guestLink, hostLink } = demoAppointment(site);
  const [firefox, host] = [await Firefox.start(), await site.openDesktop("host")];
  /** @type {import("../harness/media.mjs").Receiver} */
  const guest = { name: "guest", received: (only) => firefox.evaluate(receivedByCall(only)) };
  const reachesStage = (/** @type {string} */ stage) =>
    eventually(`the guest is ${stage}`, () => firefox.evaluate((stage) => document.querySelector("anteroom-call")?.getAttribute("data-stage") === stage, stage));
  try {
    await firefox.open(guestLink);
    await firefox.press(ENTER);
    await reachesStage("waiting");
    await host.open(hostLink);
    await host.press(/^Start/);
    await reachesStage("live");
    await receiveEachOther(guest, host);
    assert.equal(Object.keys(await guest.received()).length, 1);
  } finally {
    await firefox.close();
  }
});
