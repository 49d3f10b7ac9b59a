// Who is shown as waiting is there: a closed tab, a hidden tab, a guest who only tests the camera.
import assert from "node:assert/strict";

import { demoAppointment, enterWaitingRoom, logIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** A closed tab is noticed within this time. Milliseconds. */
const NOTICED = { timeout: 30_000 };

story("a guest who closes the tab is no longer shown as waiting", async (site) => {
  const { hostLink, guestLink } = demoAppointment(site);
  const [host, day] = [await site.openDesktop("host"), await site.openDesktop("day")];
  await logIn(site, day, site.demo.host);
  await host.open(hostLink);
  const guest = await site.openPhone("guest");
  await guest.open(guestLink);
  await host.showsText(/has opened the link/);
  await enterWaitingRoom(guest);
  await host.showsText(/is waiting/);
  await day.showsText("1 person is waiting");

  await guest.page.close();
  await host.page.getByText(/was here until \d\d:\d\d/).waitFor(NOTICED);
  await day.page.getByText(/was here until \d\d:\d\d/i).waitFor(NOTICED);
  assert.doesNotMatch(await day.page.title(), /waiting/);
  assert.doesNotMatch(await host.page.title(), /waiting/i);

  // The place is kept: the same link, opened again, waits on one tap.
  const back = await site.openPhone("back");
  await back.open(guestLink);
  await host.showsText(/is waiting/);
  await back.press(/wait here/i);
  await back.reachesStage("waiting");
});

story("the host sees that a waiting guest does not look at the page", async (site) => {
  const { hostLink, guestLink } = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await host.open(hostLink);
  await guest.open(guestLink);
  await enterWaitingRoom(guest);
  await host.showsText(/is waiting/);
  await setHidden(guest, true);
  await host.showsText(/the page is in the background/);
  await setHidden(guest, false);
  await host.page.getByText(/the page is in the background/).waitFor({ state: "hidden" });
});

story("a guest who only tests the camera is asked to come in", async (site) => {
  const { hostLink, guestLink } = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await guest.open(guestLink);
  await guest.press(/test camera/i);
  await host.open(hostLink);
  await host.showsText(/has opened the link/);
  await site.advanceClock(10 * 60);
  await guest.showsText(/cannot see that you are here/);
  await enterWaitingRoom(guest);
  await host.showsText(/is waiting/);
});

/**
 * Playwright's pages are never hidden; the page reads the property and receives the event as from a browser.
 *
 * @param {import("../harness/tab.mjs").Tab} tab
 * @param {boolean} hidden
 */
function setHidden(tab, hidden) {
  return tab.page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
