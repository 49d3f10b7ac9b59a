// Everyone who is not let in is told why, by the same name at the page, at the API and at the media door.
import assert from "node:assert/strict";

import { forge, knock, ticket } from "../harness/tokens.mjs";
import { atOnce } from "../harness/eventually.mjs";
import { seeAndHearEachOther } from "../harness/media.mjs";
import { meet, standing, theDemosAppointment } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/**
 * The bearer of this link is refused by this name everywhere.
 *
 * @param {import("../harness/site.mjs").Site} site
 * @param {string} link
 * @param {string} identity
 * @param {string} code
 */
async function isRefusedEverywhere(site, link, identity, code) {
  const refused = await ticket(site, link);
  assert.deepEqual([refused.status, refused.body.code], [409, code], refused.text);
  assert.deepEqual(await knock(site, forge(site, site.facts.room_name, identity)), { status: 403, code });
}

story("a cancelled appointment says so at every door", async (site) => {
  const { id, guestLink, hostLink } = await theDemosAppointment(site);
  const me = (await standing(site, guestLink)).me.id;
  assert.equal((await site.asks("POST", `/api/v1/appointments/${id}/cancellation`, { body: {} })).status, 200);
  await isRefusedEverywhere(site, guestLink, me, "cancelled");
  await isRefusedEverywhere(site, hostLink, (await standing(site, hostLink)).me.id, "cancelled");
  const guest = await site.onPhone("guest");
  await guest.opens(guestLink);
  await guest.sees(/cancelled/i);
});

story("who comes too late is told so, and what to do", async (site) => {
  const { guestLink } = await theDemosAppointment(site);
  const { me, door, now } = await standing(site, guestLink);
  await site.advance((Date.parse(door.closes_at) - Date.parse(now)) / 1000 + 1);
  await isRefusedEverywhere(site, guestLink, me.id, "too_late");
  const guest = await site.onPhone("guest");
  await guest.opens(guestLink);
  await guest.sees(/too late|has passed|is over/i);
});

story("a wrong link opens nothing, and every wrong link looks the same", async (site) => {
  const guest = await site.onPhone("guest");
  const { guestLink } = await theDemosAppointment(site);
  const wrong = [site.at("/join/nonsense"), `${guestLink.slice(0, -1)}${guestLink.endsWith("A") ? "B" : "A"}`];
  const pages = [];
  for (const link of wrong) {
    assert.equal((await guest.opens(link))?.status(), 404);
    await guest.sees(/does not open anything/i);
    pages.push(await guest.page.content());
    assert.equal((await ticket(site, link)).body.code, "unknown_link");
  }
  assert.equal(pages[0], pages[1]);
  const stranger = forge(site, site.facts.room_name, "par_00000000000000000000000000000000");
  assert.equal((await knock(site, stranger)).status, 403);
  const { me } = await standing(site, guestLink);
  assert.equal((await knock(site, forge(site, site.facts.room_name, me.id, { secret: "not the secret" }))).status, 401);
});

story("a second device takes the seat, and the first is told and can take it back", async (site) => {
  const booked = await theDemosAppointment(site);
  const [phone, host] = [await site.onPhone("phone"), await site.atDesk("host")];
  await meet(phone, host, booked);
  const stale = (await ticket(site, booked.guestLink)).body.token;

  const laptop = await site.atDesk("laptop");
  await laptop.opens(booked.guestLink);
  await atOnce("the laptop has the seat", async () => {
    await laptop.presses(/join here/i);
    await Promise.all([laptop.isAt("live"), phone.isAt("replaced")]);
  });
  await seeAndHearEachOther(laptop, host);
  assert.deepEqual(await knock(site, stale), { status: 403, code: "superseded" });

  await atOnce("the phone has it back", async () => {
    await phone.presses(/use this device/i);
    await Promise.all([phone.isAt("live"), laptop.isAt("replaced")]);
  });
  await seeAndHearEachOther(phone, host);
});
