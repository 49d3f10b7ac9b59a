// The main job from end to end: booking, invitation, waiting room, call, end, record.
import assert from "node:assert/strict";
import { resolve } from "node:path";

import { recordCameraVideo } from "../harness/camera-video.mjs";
import { forgeToken, requestTicket, validateToken } from "../harness/tokens.mjs";
import { withinTwoSeconds } from "../harness/eventually.mjs";
import { receiveEachOther, receivesAudio, receivesNoVideo, receivesSilence, rendersFullQuality } from "../harness/media.mjs";
import { addHost, bookAppointment, confirmAppointment, enterWaitingRoom, logIn } from "../harness/steps.mjs";
import { story } from "../harness/story.mjs";

/** With ANTEROOM_PICTURE=1 this also takes the README's screenshot, with drawn people instead of the test pattern. */
const SCREENSHOT = process.env.ANTEROOM_PICTURE && resolve(import.meta.dirname, "../../docs/images/call.png");
const CAMERA_VIDEOS = SCREENSHOT ? { host: await recordCameraVideo("host"), guest: await recordCameraVideo("guest") } : undefined;

story("a consultation runs from its booking to its record", async (site) => {
  const doctor = { name: "Dr Amara Okafor", email: "amara@practice.example", password: "seven quiet herons" };
  const patient = { name: "Lena Fischer", email: "lena@mail.example", phone: "+49 30 901820" };

  const admin = await site.openDesktop("admin");
  await logIn(site, admin, site.demo.admin);
  await addHost(site, admin, doctor);

  const host = await site.openDesktop("host", { cameraVideo: CAMERA_VIDEOS?.host });
  await logIn(site, host, doctor);
  const appointment = await bookAppointment(site, host, { guest: patient, startsInMinutes: 5, minutes: 30 });
  await confirmAppointment(host);

  const hostLink = await site.mailedLink(admin, doctor.email, patient.name);
  const guestLink = await site.mailedLink(admin, patient.email, doctor.name);
  assert.notEqual(hostLink, guestLink);

  // The host opens the page first and sees when the guest is waiting.
  await host.open(hostLink);
  const guest = await site.openPhone("guest", { timezone: "Africa/Cairo", cameraVideo: CAMERA_VIDEOS?.guest });
  await guest.open(guestLink);
  await guest.showsText(doctor.name);
  await enterWaitingRoom(guest);
  await withinTwoSeconds("the host sees who is waiting", () => host.showsText(`${patient.name} is waiting`));
  assert.equal((await requestTicket(site, guestLink)).body.code, "not_admitted");

  await host.press(/^start/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
  await receiveEachOther(guest, host);
  if (SCREENSHOT) {
    await host.page.setViewportSize({ width: 1080, height: 675 });
    await rendersFullQuality(host);
    await host.page.screenshot({ path: SCREENSHOT });
  }

  await guest.press(/mute/i);
  await receivesSilence(host);
  await guest.press(/unmute/i);
  await receivesAudio(host);

  await guest.press(/camera off|turn off camera|stop camera/i);
  await receivesNoVideo(host);
  await guest.press(/camera on|turn on camera|start camera/i);
  await receiveEachOther(guest, host);

  // Leaving does not end the consultation: the guest can come back, and the host admits them again.
  await guest.press(/^leave/i);
  await guest.press(/^leave/i);
  await guest.reachesStage("left");
  await guest.press(/go back in/i);
  await guest.reachesStage("waiting");
  await host.press(/let in|admit/i);
  await Promise.all([guest.reachesStage("live"), host.reachesStage("live")]);
  await receiveEachOther(guest, host);

  const tab = await guest.page.evaluate(() => sessionStorage.getItem("anteroom.tab") ?? "");
  const earlier = (await requestTicket(site, guestLink, tab)).body;
  assert.deepEqual(await validateToken(site, earlier.token), { status: 200, code: "" });
  await host.press(/^end/i);
  await host.press(/end for everyone/i);
  await Promise.all([guest.reachesStage("ended"), host.reachesStage("ended")]);

  // The end is final: for the page, for tickets, for valid tokens and for forged ones.
  await guest.page.reload();
  await guest.showsText(/has ended/i);
  assert.equal((await requestTicket(site, guestLink)).body.code, "ended");
  assert.deepEqual(await validateToken(site, earlier.token), { status: 403, code: "ended" });
  assert.deepEqual(await validateToken(site, forgeToken(site, earlier.room_name, earlier.identity)), { status: 403, code: "ended" });

  await host.open(site.url(appointment));
  await host.showsText(/completed/i);
  const record = (await host.page.locator("dl").allInnerTexts()).join("\n");
  for (const fact of [/Started\s+\S/, /Ended\s+\S/, /Duration\s+\S/, new RegExp(`Ended by\\s+${doctor.name}`)]) {
    assert.match(record, fact);
  }
});
