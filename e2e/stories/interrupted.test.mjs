// A connection that breaks without a word is shown as broken on both sides, and as whole again.
import { eventually, withinMs } from "../harness/eventually.mjs";
import { receiveEachOther, receivesAudio, rendersVideo } from "../harness/media.mjs";
import { relayMedia } from "../harness/media-relay.mjs";
import { demoAppointment, startCall } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

story("both sides see within four seconds that the guest's network is gone, and that it is back", async (site) => {
  const [guest, host] = [await site.openPhone("guest"), await site.openDesktop("host")];
  const relay = await relayMedia(guest);
  await startCall(guest, host, demoAppointment(site));
  await receiveEachOther(guest, host);
  await host.showsText("Good connection");
  await eventually("the guest's microphone shows a level", async () => (await level(guest)) > 0);

  relay.cut();
  await withinMs(4_000, "the host sees whose connection is interrupted", () => host.showsText(/connection is interrupted/));
  await withinMs(4_000, "the guest sees it too", () => guest.showsText(/your connection is interrupted|connection lost/i));
  await host.page.getByText("Good connection").waitFor({ state: "hidden" });
  await guest.page.getByText("Good connection").waitFor({ state: "hidden" });
  await eventually("the guest's microphone shows no level", silentFor(1_500, () => level(guest)));

  relay.work();
  await host.page.getByText(/connection is interrupted/).filter({ visible: true }).first().waitFor({ state: "hidden" });
  await Promise.all([rendersVideo(host), receivesAudio(host), receivesAudio(guest)]);
  await relay.close();
});

/** The level ring at the microphone button. @param {import("../harness/tab.mjs").Tab} tab */
function level({ page }) {
  return page.evaluate(() => Number(/** @type {HTMLElement} */ (document.querySelector(".call-control-bar .call-control")).style.getPropertyValue("--level")));
}

/**
 * A question for `eventually`: zero for this time, in which the fake microphone would have beeped.
 *
 * @param {number} ms
 * @param {() => Promise<number>} value
 */
function silentFor(ms, value) {
  let since = performance.now();
  return async () => {
    if ((await value()) > 0) since = performance.now();
    return performance.now() - since > ms;
  };
}
