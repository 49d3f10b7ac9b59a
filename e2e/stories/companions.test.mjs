// A person who comes with the guest: booked on the page, with a message and an admission of their own.
import assert from "node:assert/strict";

import { violations } from "../harness/accessibility.mjs";
import { eventually } from "../harness/eventually.mjs";
import { addHost, bookAppointment, confirmAppointment, enterWaitingRoom, logIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** @typedef {import("../harness/tab.mjs").Tab} Tab */

/** Everybody gets video of both others. @param {Tab[]} tabs */
async function seeEachOther(tabs) {
  for (const tab of tabs) {
    await eventually(`${tab.name} gets pictures of both others`, async () => {
      const others = Object.values(await tab.received());
      return others.length === tabs.length - 1 && others.every(({ camera }) => (camera?.frames ?? 0) > 0);
    });
  }
}

story("a companion gets a link of their own, waits by name, and is let in singly", async (site) => {
  const doctor = { name: "Dr Amara Okafor", email: "amara@practice.example", password: "seven quiet herons" };
  const patient = { name: "Lena Fischer", email: "lena@mail.example", phone: "+49 30 901820" };
  const daughter = { name: "Jule Fischer", email: "jule@mail.example" };
  const admin = await site.openDesktop("admin");
  await logIn(site, admin, site.demo.admin);
  await addHost(site, admin, doctor);
  const host = await site.openDesktop("host");
  await logIn(site, host, doctor);

  const appointment = await bookAppointment(site, host, { guest: patient, companions: [daughter], startsInMinutes: 5, minutes: 30 });
  await host.showsText(daughter.email);
  await confirmAppointment(host);
  const [guestLink, companionLink] = [
    await site.mailedLink(admin, patient.email, doctor.name),
    await site.mailedLink(admin, daughter.email, doctor.name),
  ];
  assert.notEqual(guestLink, companionLink);
  await host.open(site.url(appointment));
  await host.showsText(`to ${daughter.name}`);
  await host.press(`Get a link for ${daughter.name}`);
  await host.showsText(`A personal link for ${daughter.name}`);
  assert.deepEqual(await violations(host, "appointment-with-companion"), []);

  await host.open(site.url("/day"));
  const companion = await site.openPhone("companion");
  await companion.open(companionLink);
  await enterWaitingRoom(companion);
  await host.showsText(`${daughter.name} is waiting`);
  const guest = await site.openPhone("guest");
  await guest.open(guestLink);
  await enterWaitingRoom(guest);
  await host.showsText(`${patient.name} is waiting`);
  await eventually("the day counts both", async () => /^\(2\) waiting/.test(await host.page.title()));

  await host.open(site.url(`${appointment}/consultation`));
  await host.showsText(daughter.name);
  await host.press(/^start/i);
  await Promise.all([host.reachesStage("live"), guest.reachesStage("live")]);
  await host.showsText(`${daughter.name} is waiting`);
  assert.equal(await host.remoteParticipants(), 1, "the start admits the guest only");
  await host.press(/let in|admit/i);
  await companion.reachesStage("live");
  await seeEachOther([host, guest, companion]);
});

story("companions are added, removed and kept on the form", async (site) => {
  const host = await site.openDesktop("host");
  await logIn(site, host, site.demo.host);
  const { page } = host;
  await host.open(site.url("/appointments/new"));
  const add = page.getByText("Add another person").filter({ visible: true });
  const row = (/** @type {number} */ number) => page.getByRole("group", { name: `Companion ${number}`, exact: true });
  await add.click();
  await page.keyboard.type("Robin"); // the field has the focus
  await add.click();
  await row(2).getByRole("textbox", { name: "Phone" }).fill("030 90");
  await host.press(/^book/i);
  await page.getByText("There is no such phone number.").waitFor();
  assert.equal(await row(1).getByRole("textbox", { name: "Name" }).inputValue(), "Robin");
  assert.deepEqual(await violations(host, "booking-with-companions"), []);
  await host.press("Remove companion 1");
  await eventually("the second row has moved up", async () =>
    (await row(1).getByRole("textbox", { name: "Phone" }).inputValue()) === "030 90" && (await row(2).count()) === 0);
});
