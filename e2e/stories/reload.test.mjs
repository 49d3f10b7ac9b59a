// A reload is an accident, not a farewell.
import assert from "node:assert/strict";

import { atOnce } from "../harness/eventually.mjs";
import { received, seeAndHearEachOther } from "../harness/media.mjs";
import { meet, standing, theDemosAppointment } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

story("a reload on either side is back in the call within two seconds, in the same seat", async (site) => {
  const booked = await theDemosAppointment(site);
  const [guest, host] = [await site.onPhone("guest"), await site.atDesk("host")];
  await meet(guest, host, booked);
  await seeAndHearEachOther(guest, host);

  for (const [person, other] of [[guest, host], [host, guest], [guest, host]]) {
    const seat = (await standing(site, booked.guestLink)).me.id;
    await atOnce(`${person.name} is back`, async () => {
      await person.page.reload({ waitUntil: "commit" });
      await person.page.waitForFunction(() => {
        const call = /** @type {any} */ (document.querySelector("anteroom-call"));
        return performance.getEntriesByName("anteroom:first-frame").length > 0 && call.dataset.stage === "live";
      });
    });
    await seeAndHearEachOther(person, other);
    assert.equal((await received(person)).people, 1, `${person.name} sees a ghost`);
    assert.equal((await received(other)).people, 1, `${other.name} sees a ghost`);
    assert.equal((await standing(site, booked.guestLink)).me.id, seat);
  }
});
