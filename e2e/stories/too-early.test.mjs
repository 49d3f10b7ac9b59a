// A guest and a host who open their links before the join window.
import assert from "node:assert/strict";

import { forgeToken, requestTicket, validateToken } from "../harness/tokens.mjs";
import { receiveEachOther } from "../harness/media.mjs";
import { bookAppointment, confirmAppointment, consultationStatus, logIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

story("an early guest previews the camera and joins when the window opens", async (site) => {
  const host = await site.openDesktop("host");
  await logIn(site, host, site.demo.host);
  const patient = { name: "Ilse Brandt", email: "ilse@mail.example", phone: "+49 30 901821" };
  await bookAppointment(site, host, { guest: patient, startsInMinutes: 180, minutes: 30 });
  await confirmAppointment(host);
  const hostLink = await site.mailedLink(host, site.demo.host.email, patient.name);
  const guestLink = await site.mailedLink(host, patient.email, patient.name);

  const guest = await site.openPhone("guest");
  await guest.open(guestLink);
  await guest.reachesStage("early");
  await guest.press(/i.m here|join|check|bring me in/i);
  await guest.page.locator("anteroom-call video").first().waitFor();

  const early = await consultationStatus(site, guestLink);
  assert.equal(early.door.state, "too_early");
  const refused = await requestTicket(site, guestLink);
  assert.deepEqual([refused.status, refused.body.code], [409, "too_early"]);
  assert.equal(refused.body.opens_at, early.door.opens_at);

  await host.open(hostLink);
  await host.reachesStage("early");
  await site.advanceClock((Date.parse(early.door.opens_at) - Date.parse(early.now)) / 1000 + 1);

  // No second tap: the page enters the waiting room when the join window opens.
  await guest.reachesStage("waiting");
  const now = await consultationStatus(site, guestLink);
  assert.equal(now.entry, "waiting");
  assert.equal((await validateToken(site, forgeToken(site, site.demo.room_name, now.me.id))).status, 403);
  await host.press(/^start/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
  await receiveEachOther(guest, host);
});
