// Who comes too early has not done anything wrong.
import assert from "node:assert/strict";

import { forge, knock, ticket } from "../harness/tokens.mjs";
import { seeAndHearEachOther } from "../harness/media.mjs";
import { books, confirms, logsIn, standing } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

story("who comes too early checks their camera, and is brought in when the door opens", async (site) => {
  const host = await site.atDesk("host");
  await logsIn(site, host, site.facts.host);
  const patient = { name: "Ilse Brandt", email: "ilse@mail.example", phone: "+49 30 901821" };
  await books(site, host, { guest: patient, inMinutes: 180, lasting: 30 });
  await confirms(host);
  const hostLink = await site.linkMailedTo(host, site.facts.host.email, patient.name);
  const guestLink = await site.linkMailedTo(host, patient.email, patient.name);

  const guest = await site.onPhone("guest");
  await guest.opens(guestLink);
  await guest.isAt("early");
  await guest.presses(/i.m here|join|check|bring me in/i);
  await guest.page.locator("anteroom-call video").first().waitFor();

  const early = await standing(site, guestLink);
  assert.equal(early.door.state, "too_early");
  const refused = await ticket(site, guestLink);
  assert.deepEqual([refused.status, refused.body.code], [409, "too_early"]);
  assert.equal(refused.body.opens_at, early.door.opens_at);

  await host.opens(hostLink);
  await host.isAt("early");
  await site.advance((Date.parse(early.door.opens_at) - Date.parse(early.now)) / 1000 + 1);

  // Nobody taps again: the door's opening is enough.
  await guest.isAt("waiting");
  const now = await standing(site, guestLink);
  assert.equal(now.entry, "waiting");
  assert.equal((await knock(site, forge(site, site.facts.room_name, now.me.id))).status, 403);
  await host.presses(/^start/i);
  await Promise.all([guest.isAt("live"), host.isAt("live")]);
  await seeAndHearEachOther(guest, host);
});
