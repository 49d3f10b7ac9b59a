// A reload does not leave the call.
import assert from "node:assert/strict";

import { withinTwoSeconds } from "../harness/eventually.mjs";
import { receiveEachOther } from "../harness/media.mjs";
import { consultationStatus, demoAppointment, startCall } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

story("a reloaded page is back in the call within two seconds", async (site) => {
  const booked = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await startCall(guest, host, booked);
  await receiveEachOther(guest, host);

  for (const [tab, other] of [[guest, host], [host, guest], [guest, host]]) {
    const identity = (await consultationStatus(site, booked.guestLink)).me.id;
    await withinTwoSeconds(`${tab.name} renders the other again`, async () => {
      await tab.page.reload({ waitUntil: "commit" });
      await tab.page.waitForFunction(() => {
        const call = /** @type {any} */ (document.querySelector("anteroom-call"));
        return performance.getEntriesByName("anteroom:first-frame").length > 0 && call.dataset.stage === "live";
      });
    });
    await receiveEachOther(tab, other);
    assert.equal(await tab.remoteParticipants(), 1, `${tab.name} still has the earlier participant`);
    assert.equal(await other.remoteParticipants(), 1, `${other.name} still has the earlier participant`);
    assert.equal((await consultationStatus(site, booked.guestLink)).me.id, identity);
  }
});
