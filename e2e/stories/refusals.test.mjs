// A refusal has the same code on the page, at the ticket API and at the media server.
import assert from "node:assert/strict";

import { forgeToken, requestTicket, validateToken } from "../harness/tokens.mjs";
import { withinTwoSeconds } from "../harness/eventually.mjs";
import { receiveEachOther } from "../harness/media.mjs";
import { consultationStatus, demoAppointment, startCall } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/**
 * A ticket for this link, and a forged token for its identity, are refused with this code.
 *
 * @param {import("../harness/site.mjs").Site} site
 * @param {string} link
 * @param {string} identity
 * @param {string} code
 */
async function isRefusedEverywhere(site, link, identity, code) {
  const refused = await requestTicket(site, link);
  assert.deepEqual([refused.status, refused.body.code], [409, code], refused.text);
  assert.deepEqual(await validateToken(site, forgeToken(site, site.demo.room_name, identity)), { status: 403, code });
}

story("a cancelled appointment refuses with `cancelled` everywhere", async (site) => {
  const { id, guestLink, hostLink } = demoAppointment(site);
  const me = (await consultationStatus(site, guestLink)).me.id;
  assert.equal((await site.request("POST", `/api/v1/appointments/${id}/cancellation`, { body: {} })).status, 200);
  await isRefusedEverywhere(site, guestLink, me, "cancelled");
  await isRefusedEverywhere(site, hostLink, (await consultationStatus(site, hostLink)).me.id, "cancelled");
  const guest = await site.openPhone("guest");
  await guest.open(guestLink);
  await guest.showsText(/cancelled/i);
});

story("a guest who is too late is refused with an explanation", async (site) => {
  const { guestLink } = demoAppointment(site);
  const { me, door, now } = await consultationStatus(site, guestLink);
  await site.advanceClock((Date.parse(door.closes_at) - Date.parse(now)) / 1000 + 1);
  await isRefusedEverywhere(site, guestLink, me.id, "too_late");
  const guest = await site.openPhone("guest");
  await guest.open(guestLink);
  await guest.showsText(/too late|has passed|is over/i);
});

story("all wrong links get the same answer, and no access", async (site) => {
  const guest = await site.openPhone("guest");
  const { guestLink } = demoAppointment(site);
  const wrong = [site.url("/join/nonsense"), `${guestLink.slice(0, -1)}${guestLink.endsWith("A") ? "B" : "A"}`];
  const pages = [];
  for (const link of wrong) {
    assert.equal((await guest.open(link))?.status(), 404);
    await guest.showsText(/does not open anything/i);
    pages.push(await guest.page.content());
    assert.equal((await requestTicket(site, link)).body.code, "unknown_link");
  }
  assert.equal(pages[0], pages[1]);
  const stranger = forgeToken(site, site.demo.room_name, "par_00000000000000000000000000000000");
  assert.equal((await validateToken(site, stranger)).status, 403);
  const { me } = await consultationStatus(site, guestLink);
  assert.equal((await validateToken(site, forgeToken(site, site.demo.room_name, me.id, { secret: "not the secret" }))).status, 401);
});

story("a second device replaces the first, which can take over again", async (site) => {
  const booked = demoAppointment(site);
  const [phone, host] = [await site.openPhone("phone"), await site.openDesktop("host")];
  await startCall(phone, host, booked);
  assert.equal((await requestTicket(site, booked.guestLink)).body.code, "superseded", "a link alone takes no seat");
  const tab = await phone.page.evaluate(() => sessionStorage.getItem("anteroom.tab") ?? "");
  const stale = (await requestTicket(site, booked.guestLink, tab)).body.token;

  const laptop = await site.openDesktop("laptop");
  await laptop.open(booked.guestLink);
  await withinTwoSeconds("the laptop has replaced the phone", async () => {
    await laptop.press(/join here/i);
    await Promise.all([laptop.reachesStage("live"), phone.reachesStage("replaced")]);
  });
  await receiveEachOther(laptop, host);
  assert.deepEqual(await validateToken(site, stale), { status: 403, code: "superseded" });

  await withinTwoSeconds("the phone has replaced the laptop", async () => {
    await phone.press(/use this device/i);
    await Promise.all([phone.reachesStage("live"), laptop.reachesStage("replaced")]);
  });
  await receiveEachOther(phone, host);
});
