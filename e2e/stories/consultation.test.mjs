// The main job, whole: two people who have never met here before see and hear each other, and a record remains.
import assert from "node:assert/strict";
import { resolve } from "node:path";

import { film } from "../harness/camera-video.mjs";
import { forge, knock, ticket } from "../harness/tokens.mjs";
import { atOnce } from "../harness/eventually.mjs";
import { hearsNobody, hearsTheOthers, seeAndHearEachOther, seesNobody, seesSharply } from "../harness/media.mjs";
import { addsAHost, books, comesIn, confirms, logsIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** With ANTEROOM_PICTURE=1 the README's picture is taken anew, of people who are better company than a test card. */
const PICTURE = process.env.ANTEROOM_PICTURE && resolve(import.meta.dirname, "../../docs/images/call.png");
const FILMS = PICTURE ? { host: await film("host"), guest: await film("guest") } : undefined;

story("a consultation goes from the booking to its record", async (site) => {
  const doctor = { name: "Dr Amara Okafor", email: "amara@practice.example", password: "seven quiet herons" };
  const patient = { name: "Lena Fischer", email: "lena@mail.example", phone: "+49 30 901820" };

  const admin = await site.atDesk("admin");
  await logsIn(site, admin, site.facts.admin);
  await addsAHost(site, admin, doctor);

  const host = await site.atDesk("host", { film: FILMS?.host });
  await logsIn(site, host, doctor);
  const appointment = await books(site, host, { guest: patient, inMinutes: 5, lasting: 30 });
  await confirms(host);

  const hostLink = await site.linkMailedTo(admin, doctor.email, patient.name);
  const guestLink = await site.linkMailedTo(admin, patient.email, doctor.name);
  assert.notEqual(hostLink, guestLink);

  // The host is there first and sees the guest come.
  await host.opens(hostLink);
  const guest = await site.onPhone("guest", { zone: "Africa/Cairo", film: FILMS?.guest });
  await guest.opens(guestLink);
  await guest.sees(doctor.name);
  await comesIn(guest);
  await atOnce("the host sees who is waiting", () => host.sees(`${patient.name} is waiting`));
  assert.equal((await ticket(site, guestLink)).body.code, "not_admitted");

  await host.presses(/^start/i);
  await Promise.all([guest.isAt("live"), host.isAt("live")]);
  await seeAndHearEachOther(guest, host);
  if (PICTURE) {
    await host.page.setViewportSize({ width: 1080, height: 675 });
    await seesSharply(host);
    await host.page.screenshot({ path: PICTURE });
  }

  await guest.presses(/mute/i);
  await hearsNobody(host);
  await guest.presses(/unmute/i);
  await hearsTheOthers(host);

  await guest.presses(/camera off|turn off camera|stop camera/i);
  await seesNobody(host);
  await guest.presses(/camera on|turn on camera|start camera/i);
  await seeAndHearEachOther(guest, host);

  // Leaving is not the end: one asks, and comes back to the same consultation.
  await guest.presses(/^leave/i);
  await guest.presses(/^leave/i);
  await guest.isAt("left");
  await guest.presses(/go back in/i);
  await guest.isAt("waiting");
  await host.presses(/let in|admit/i);
  await Promise.all([guest.isAt("live"), host.isAt("live")]);
  await seeAndHearEachOther(guest, host);

  const kept = (await ticket(site, guestLink)).body;
  assert.deepEqual(await knock(site, kept.token), { status: 200, code: "" });
  await host.presses(/^end/i);
  await host.presses(/end for everyone/i);
  await Promise.all([guest.isAt("ended"), host.isAt("ended")]);

  // The end is final, at every door.
  await guest.page.reload();
  await guest.sees(/has ended/i);
  assert.equal((await ticket(site, guestLink)).body.code, "ended");
  assert.deepEqual(await knock(site, kept.token), { status: 403, code: "ended" });
  assert.deepEqual(await knock(site, forge(site, kept.room_name, kept.identity)), { status: 403, code: "ended" });

  await host.opens(site.at(appointment));
  await host.sees(/completed/i);
  const record = (await host.page.locator("dl").allInnerTexts()).join("\n");
  for (const fact of [/Started\s+\S/, /Ended\s+\S/, /Duration\s+\S/, new RegExp(`Ended by\\s+${doctor.name}`)]) {
    assert.match(record, fact);
  }
});
