// Firefox as Debian ships it, in a call with Chromium.
import assert from "node:assert/strict";

import { eventually } from "../harness/eventually.mjs";
import { Firefox } from "../harness/firefox.mjs";
import { seesTheOthers } from "../harness/media.mjs";
import { hearsTheOthers } from "../harness/media.mjs";
import { theDemosAppointment } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** What the guest in Firefox receives, added up as in media.mjs. @param {Firefox} firefox */
function received(firefox) {
  return firefox.asks(async () => {
    const total = { people: 0, frames: 0, energy: 0 };
    const call = /** @type {any} */ (document.querySelector("anteroom-call"));
    for (const participant of call?.room?.remoteParticipants.values() ?? []) {
      total.people += 1;
      for (const publication of participant.trackPublications.values()) {
        for (const stats of (await publication.track?.getRTCStatsReport())?.values() ?? []) {
          if (stats.type !== "inbound-rtp") continue;
          total.frames += stats.framesDecoded ?? 0;
          total.energy += stats.totalAudioEnergy ?? 0;
        }
      }
    }
    return total;
  });
}

story("a guest with Firefox and a host with Chromium see and hear each other", async (site) => {
  const booked = await theDemosAppointment(site);
  const [firefox, host] = [await Firefox.start(), await site.atDesk("host")];
  try {
    await firefox.opens(booked.guestLink);
    await firefox.presses("i.m here|join|go in|come in");
    await eventually("the guest waits", () => firefox.asks(() => document.querySelector("anteroom-call")?.getAttribute("data-stage") === "waiting"));
    await host.opens(booked.hostLink);
    await host.presses(/^Start/);
    await eventually("the guest is in", () => firefox.asks(() => document.querySelector("anteroom-call")?.getAttribute("data-stage") === "live"));
    await eventually("Firefox sees and hears", async () => {
      const now = await received(firefox);
      return now.frames > 20 && now.energy > 0;
    });
    await seesTheOthers(host);
    await hearsTheOthers(host);
    assert.equal((await received(firefox)).people, 1);
  } finally {
    await firefox.close();
  }
});
