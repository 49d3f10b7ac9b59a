// The language that a person chooses stays: of staff with their account, of guests for their visit.
import assert from "node:assert/strict";

import { violations } from "../harness/accessibility.mjs";
import { demoAppointment, logIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** @typedef {import("../harness/tab.mjs").Tab} Tab */

/** @param {Tab} tab */
const language = (tab) => tab.page.locator("html").getAttribute("lang");

story("staff keep the language that they choose, and guests theirs for the visit", async (site) => {
  const host = await site.openDesktop("host");
  await logIn(site, host, site.demo.host);
  await host.open(site.url("/account"));
  await host.page.getByLabel("Your pages and messages are in").selectOption("de");
  await host.press("Save");
  await host.showsText("Ihre Sprache ist gespeichert.");
  assert.deepEqual(await violations(host, "account-german"), []);
  await host.press("Tagesplan", "link");
  await host.page.locator("#day-list").waitFor();
  assert.equal(await language(host), "de");

  const { guestLink, id } = demoAppointment(site);
  const guest = await site.openPhone("guest");
  await guest.open(guestLink);
  await guest.press("Deutsch", "link");
  await guest.press(/^ich bin da|teilnehmen|hinein/i);
  await guest.reachesStage("waiting");
  await host.showsText("1 Person wartet"); // the open day has not been loaded again
  assert.equal(await language(guest), "de");

  await host.open(site.url(`/appointments/${id}/consultation`));
  assert.equal(await language(host), "de");
  await host.press(/beginnen|starten/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
  await guest.page.reload();
  await guest.reachesStage("live");
  assert.equal(await language(guest), "de");
  await host.press(/^beenden/i);
  await host.press(/für alle beenden/i);
  await guest.reachesStage("ended");
  await guest.page.reload();
  await guest.showsText("beendet");
  assert.equal(await language(guest), "de");
});
