// One person, one seat: the last tap has it, in the waiting room too, and everybody concerned is notified.
import assert from "node:assert/strict";

import { receiveEachOther } from "../harness/media.mjs";
import { demoAppointment, enterWaitingRoom, startCall } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** The other page is notified within this time. Milliseconds. */
const NOTIFIED = { timeout: 3_000 };

story("the place in the waiting room moves to the device of the last tap", async (site) => {
  const booked = demoAppointment(site);
  const [phone, laptop, host] = [await site.openPhone("phone"), await site.openDesktop("laptop"), await site.openDesktop("host")];
  await host.open(booked.hostLink);
  await phone.open(booked.guestLink);
  await enterWaitingRoom(phone);
  await laptop.open(booked.guestLink);
  await laptop.press(/wait here/i);
  await laptop.reachesStage("waiting");
  await phone.page.getByRole("heading", { name: /continued on another device/i }).waitFor(NOTIFIED);
  await host.page.locator(".call-note__text", { hasText: "continues on another device" }).waitFor(NOTIFIED);
  await phone.page.reload();
  await phone.showsText("Wait here");

  await host.press(/^yes$/i);
  await host.press(/^start/i);
  await Promise.all([laptop.reachesStage("live"), host.reachesStage("live")]);
  await receiveEachOther(laptop, host);
  assert.equal(await host.page.locator(".call-note__text", { hasText: "continues on another device" }).count(), 0, "the host knows");
});

story("a host removes a guest whose link was passed on", async (site) => {
  const booked = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await startCall(guest, host, booked);
  const stranger = await site.openDesktop("stranger");
  await stranger.open(booked.guestLink);
  await stranger.press(/join here/i);
  await stranger.reachesStage("live");
  await guest.reachesStage("replaced");
  await guest.showsText(/was that not you/i);

  await host.page.locator(".call-note__text", { hasText: "continues on another device" }).waitFor(NOTIFIED);
  await host.press(/^remove$/i);
  await host.page.getByRole("dialog").getByRole("button", { name: /^remove$/i }).click();
  await stranger.reachesStage("closed");
  await stranger.showsText(/no longer works/i);
  const again = await site.openDesktop("again");
  assert.equal((await again.open(booked.guestLink))?.status(), 404);
});
