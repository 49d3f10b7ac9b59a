// Proof that people see and hear each other: frames that were decoded and sound that has energy, from the browser's
// own statistics. That an element exists proves nothing.
import { eventually } from "./eventually.mjs";

/** @typedef {import("./tab.mjs").Person} Person */

/**
 * What one person receives from the others, added up.
 *
 * @typedef {object} Received
 * @property {number} people in the room besides this one
 * @property {number} frames decoded so far
 * @property {number} painted frames that reached the screen: a browser may decode every picture and show none
 * @property {number} energy of the sound so far
 * @property {number} seconds of sound so far
 */

/** A picture moves. */
const FRAMES = 20;
/** The fake microphone beeps once a second: over this long it cannot miss. */
const LISTENING = 1.5;
/** Loudness (root mean square) of the faintest beep we would call one; silence is 0. */
const AUDIBLE = 0.005;

/**
 * @param {Person} person
 * @returns {Promise<Received>}
 */
export function received({ page }) {
  return page.evaluate(async () => {
    const total = { people: 0, frames: 0, painted: 0, energy: 0, seconds: 0 };
    const call = /** @type {any} */ (document.querySelector("anteroom-call"));
    for (const participant of call?.room?.remoteParticipants.values() ?? []) {
      total.people += 1;
      const tile = document.querySelector(`[data-participant="${participant.identity}"] video`);
      total.painted += /** @type {any} */ (tile)?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
      for (const publication of participant.trackPublications.values()) {
        const report = await publication.track?.getRTCStatsReport();
        for (const stats of report?.values() ?? []) {
          if (stats.type !== "inbound-rtp") continue;
          total.frames += stats.framesDecoded ?? 0;
          total.energy += stats.totalAudioEnergy ?? 0;
          total.seconds += stats.totalSamplesDuration ?? 0;
        }
      }
    }
    return total;
  });
}

/**
 * From now on the picture of the others moves.
 *
 * @param {Person} person
 */
export async function seesTheOthers(person) {
  const first = await received(person);
  let shown = first.painted;
  await eventually(`${person.name} sees the others move`, async () => {
    const now = await received(person);
    shown = Math.min(shown, now.painted); // a new element counts from zero
    return now.frames >= first.frames + FRAMES && now.painted >= shown + FRAMES;
  });
}

/**
 * From now on the others can be heard.
 *
 * @param {Person} person
 */
export async function hearsTheOthers(person) {
  await eventually(`${person.name} hears the others`, async () => (await loudness(person)) > AUDIBLE);
}

/**
 * From now on nothing is heard of the others: proved over a stretch in which the fake microphone would have beeped.
 *
 * @param {Person} person
 */
export async function hearsNobody(person) {
  await eventually(`${person.name} hears nobody`, async () => (await loudness(person)) < AUDIBLE);
}

/**
 * How loud the others are over the next moments.
 *
 * @param {Person} person
 */
async function loudness(person) {
  const first = await received(person);
  const last = await eventually(`sound reaches ${person.name}`, async () => {
    const now = await received(person);
    return now.seconds >= first.seconds + LISTENING ? now : null;
  });
  return Math.sqrt((last.energy - first.energy) / (last.seconds - first.seconds));
}

/**
 * @param {Person} one
 * @param {Person} other
 */
export async function seeAndHearEachOther(one, other) {
  await Promise.all([one, other].flatMap((person) => [seesTheOthers(person), hearsTheOthers(person)]));
}

/**
 * From now on no picture of the others comes, while their sound still does: the line is up, the camera is off.
 *
 * @param {Person} person
 */
export async function seesNobody(person) {
  await eventually(`${person.name} sees nobody`, async () => {
    const first = await received(person);
    await hearsTheOthers(person);
    return (await received(person)).frames === first.frames;
  });
}

/** What a camera is asked for; a line begins with less. */
const SHARP = 640;
/** Frames after which an encoder has made the most of its line. */
const SETTLED = 200;

/**
 * The line has warmed up: every picture has the size its camera films it in, and has settled.
 *
 * @param {Person} person
 */
export async function seesSharply(person) {
  await eventually(`${person.name} sees large pictures`, () =>
    person.page.locator("anteroom-call video").evaluateAll(
      (videos, sharp) => videos.every((video) => /** @type {HTMLVideoElement} */ (video).videoWidth >= sharp),
      SHARP,
    ),
  );
  const { frames } = await received(person);
  await eventually(`${person.name} sees sharp pictures`, async () => (await received(person)).frames >= frames + SETTLED);
}
