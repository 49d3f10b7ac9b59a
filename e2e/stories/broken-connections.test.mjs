// One step of connecting fails once. The call must be whole afterwards: picture and sound move on both sides.
import { eventually } from "../harness/eventually.mjs";
import { receiveEachOther } from "../harness/media.mjs";
import { relayMedia } from "../harness/media-relay.mjs";
import { demoAppointment, enterWaitingRoom } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** @typedef {import("../harness/site.mjs").Site} Site */
/** @typedef {import("../harness/tab.mjs").Tab} Tab */

const SIGNALLING = /\/rtc(\/v1)?\?/;

/**
 * The guest waits, with what this prepares on their page; the host starts.
 *
 * @param {Site} site
 * @param {(guest: Tab) => Promise<unknown>} prepare
 */
async function startWith(site, prepare) {
  const { hostLink, guestLink } = demoAppointment(site);
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  await prepare(guest);
  await host.open(hostLink);
  await guest.open(guestLink);
  await enterWaitingRoom(guest);
  await host.press(/^start/i);
  await host.reachesStage("live");
  return { guest, host };
}

/**
 * Closes the signalling sockets with these numbers, counted from 1, at the first message of the server.
 *
 * @param {Tab} tab
 * @param {readonly number[]} broken
 */
async function breakSockets({ page }, broken) {
  /** @type {(() => Promise<unknown>)[]} */
  const close = [];
  await page.routeWebSocket(SIGNALLING, (socket) => {
    const server = socket.connectToServer();
    const end = () => Promise.all([socket.close(), server.close()]);
    if (broken.includes(close.push(end))) server.onMessage(() => void end());
  });
  return { opened: () => close.length, breakFirst: () => close[0]?.() };
}

/** @param {Tab} tab */
function attempts({ page }) {
  return page.evaluate(() => /** @type {any} */ (document.querySelector("anteroom-call")).call.attempts);
}

story("the first signalling socket fails: guest and host see and hear each other", async (site) => {
  const { guest, host } = await startWith(site, (tab) => breakSockets(tab, [1]));
  await guest.reachesStage("live");
  await receiveEachOther(guest, host);
});

story("the socket breaks in the call, and the next one too: the call is whole again", async (site) => {
  /** @type {Awaited<ReturnType<typeof breakSockets>> | undefined} */
  let sockets;
  const { guest, host } = await startWith(site, async (tab) => (sockets = await breakSockets(tab, [2])));
  await guest.reachesStage("live");
  await receiveEachOther(guest, host);
  await sockets?.breakFirst();
  await eventually("the second socket was broken too", () => (sockets?.opened() ?? 0) >= 2);
  // Media alone would go on without signalling; that the guest is muted is signalled.
  await guest.press(/^mute/i);
  await host.page.getByRole("img", { name: "Microphone is off" }).waitFor({ timeout: 30_000 });
  await guest.press(/^unmute/i);
  await receiveEachOther(guest, host);
});

story("the first ticket is not answered: guest and host see and hear each other", async (site) => {
  const { guest, host } = await startWith(site, ({ page }) => page.route("**/tickets", (route) => route.abort(), { times: 1 }));
  await guest.reachesStage("live");
  await receiveEachOther(guest, host);
});

for (const [what, breakIt] of /** @type {const} */ ([["ICE finds no way", "cut"], ["the DTLS handshake fails", "dropDtls"]])) {
  story(`${what} at first: guest and host see and hear each other`, async (site) => {
    /** @type {import("../harness/media-relay.mjs").MediaRelay | undefined} */
    let relay;
    const { guest, host } = await startWith(site, async (tab) => {
      relay = await relayMedia(tab);
      relay[breakIt]();
    });
    await eventually("the guest's first connection has failed", async () => (await attempts(guest)) > 0);
    relay?.work();
    await guest.reachesStage("live");
    await receiveEachOther(guest, host);
    await relay?.close();
  });
}
