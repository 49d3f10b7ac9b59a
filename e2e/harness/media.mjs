// Assertions about received media: frames that were decoded and painted, audio that has energy. All count from the call
// on, and wait until it is so.
import { eventually } from "./eventually.mjs";
import { receivedMedia } from "./in-page/received-media.mjs";
import { sentVideo } from "./in-page/sent-video.mjs";

/** @typedef {import("./in-page/received-media.mjs").ReceivedTrack} ReceivedTrack */
/** By identity and source. @typedef {Record<string, Record<string, ReceivedTrack>>} Received */

/**
 * A page in a room: a tab of a site, or a LiveKit client.
 *
 * @typedef {object} Receiver
 * @property {string} name for messages
 * @property {(only?: { identity?: string, source?: string }) => Promise<Received>} received what arrives in its room
 * @property {string} [identity] in the room, where the story knows it
 */

/**
 * @typedef {object} Sender
 * @property {string} [identity] in the room; without it, the only remote participant is meant
 * @property {() => Promise<unknown>} [sent] what it sends of each video, for messages
 */

/** Frames after which a video counts as moving. */
const FRAMES = 10;
/** Seconds of audio per measurement. The fake microphone beeps once a second, so one beep is always in it. */
const LISTENING = 1.5;
/** Lowest root mean square that counts as a beep; silence is 0. */
const AUDIBLE = 0.005;
/** Milliseconds after which an assertion fails. No statement about how long it may take. */
const WITHIN = 30_000;

/**
 * An expression that evaluates, in a page with a call, to what its room receives.
 *
 * @param {{ identity?: string, source?: string }} [only]
 */
export function receivedByCall(only = {}) {
  return `(${receivedMedia})(document.querySelector("anteroom-call")?.room, ${JSON.stringify(only)})`;
}

/** An expression that evaluates, in a page with a call, to what its room sends. */
export const SENT_BY_CALL = `(${sentVideo})(document.querySelector("anteroom-call")?.room)`;

/**
 * The receiver's screen shows new frames of this video, which are not all black. Returns what was received last.
 *
 * @param {Receiver} receiver
 * @param {Sender} [sender]
 * @param {{ source?: string, frames?: number }} [video]
 * @returns {Promise<ReceivedTrack>}
 */
export async function rendersVideo(receiver, sender, { source = "camera", frames = FRAMES } = {}) {
  /** @type {ReceivedTrack | undefined} */
  let first;
  /** @type {ReceivedTrack | undefined} */
  let now;
  const moving = eventually(`${receiver.name} renders ${described(source, sender)}`, async () => {
    now = await receivedOf(receiver, sender, source);
    if (!now) return null;
    // A new element, and a new connection, count from zero.
    if (!first || now.frames < first.frames || now.painted < first.painted) first = now;
    const isNew = now.frames >= first.frames + frames && now.painted >= first.painted + frames;
    return isNew && (now.shades > 2 || now.colour !== first.colour) ? now : null;
  }, { within: WITHIN });
  return moving.catch(async (error) => {
    const sent = await sender?.sent?.().catch(String);
    const known = { first, last: now, sent };
    throw new Error(`${error.message}; received and sent: ${JSON.stringify(known)}`);
  });
}

/**
 * Audible sound arrives.
 *
 * @param {Receiver} receiver
 * @param {Sender} [sender]
 * @param {string} [source]
 */
export async function receivesAudio(receiver, sender, source = "microphone") {
  const wanted = `${receiver.name} receives audible ${described(source, sender)}`;
  await eventually(wanted, async () => (await loudness(receiver, sender, source)) > AUDIBLE, { within: WITHIN });
}

/**
 * Only silence arrives, over a time in which the fake microphone would have beeped.
 *
 * @param {Receiver} receiver
 */
export async function receivesSilence(receiver) {
  const wanted = `${receiver.name} receives silence`;
  await eventually(wanted, async () => (await loudness(receiver, undefined, "microphone")) < AUDIBLE, { within: WITHIN });
}

/**
 * No video frame arrives while audio does: the connection works, the camera is off.
 *
 * @param {Receiver} receiver
 */
export async function receivesNoVideo(receiver) {
  const frames = async () => (await receivedOf(receiver, undefined, "camera"))?.frames;
  await eventually(`${receiver.name} receives no video`, async () => {
    const first = await frames();
    await receivesAudio(receiver);
    return (await frames()) === first;
  }, { within: WITHIN });
}

/**
 * No packet of this track arrives for a second: fifty packets of audio, or at least fifteen frames, when it is sent.
 *
 * @param {Receiver} receiver
 * @param {Sender} sender
 * @param {string} source
 */
export async function receivesNoPackets(receiver, sender, source) {
  const packets = async () => (await receivedOf(receiver, sender, source))?.packets;
  await eventually(`${receiver.name} receives no packet of ${described(source, sender)} for a second`, standsStill(packets));
}

/**
 * A question for `eventually`: did this count keep its value for a second?
 *
 * @param {() => Promise<number | undefined>} count
 */
export function standsStill(count) {
  /** @type {number | undefined} */
  let last = -1;
  let since = 0;
  return async () => {
    const now = await count();
    if (now === undefined || now !== last) [last, since] = [now, performance.now()];
    return performance.now() - since > 1_000;
  };
}

/**
 * Both render the other's camera and receive the other's microphone.
 *
 * @param {Receiver} one
 * @param {Receiver} other
 */
export async function receiveEachOther(one, other) {
  const pairs = /** @type {const} */ ([[one, other], [other, one]]);
  await Promise.all(pairs.flatMap(([receiver, sender]) => [rendersVideo(receiver, sender), receivesAudio(receiver, sender)]));
}

/** Width of the video when no bandwidth is missing; a connection starts with less. */
const FULL_WIDTH = 640;
/** Frames after which the encoder has reached its best quality. */
const SETTLED = 200;

/**
 * The video has its full size, and had time to become sharp.
 *
 * @param {Receiver} receiver
 */
export async function rendersFullQuality(receiver) {
  const wanted = `${receiver.name} receives video ${FULL_WIDTH} pixels wide`;
  await eventually(wanted, async () => ((await receivedOf(receiver, undefined, "camera"))?.width ?? 0) >= FULL_WIDTH, { within: WITHIN });
  await rendersVideo(receiver, undefined, { frames: SETTLED });
}

/**
 * Root mean square of the audio over the next moments.
 *
 * @param {Receiver} receiver
 * @param {Sender | undefined} sender
 * @param {string} source
 */
async function loudness(receiver, sender, source) {
  /** @type {ReceivedTrack | undefined} */
  let first;
  const last = await eventually(`${receiver.name} receives ${described(source, sender)}`, async () => {
    const now = await receivedOf(receiver, sender, source);
    if (!now) return null;
    if (!first || now.seconds < first.seconds) first = now; // a new connection counts from zero
    return now.seconds >= first.seconds + LISTENING ? { from: first, to: now } : null;
  }, { within: WITHIN });
  return Math.sqrt((last.to.energy - last.from.energy) / (last.to.seconds - last.from.seconds));
}

/**
 * @param {Receiver} receiver
 * @param {Sender | undefined} sender
 * @param {string} source
 */
async function receivedOf(receiver, sender, source) {
  const received = await receiver.received({ identity: sender?.identity, source });
  const identity = sender?.identity ?? onlyOne(Object.keys(received));
  return identity === undefined ? undefined : received[identity]?.[source];
}

/** @param {string[]} identities */
function onlyOne(identities) {
  if (identities.length > 1) throw new Error(`one remote participant expected, not ${identities.join(", ")}`);
  return identities[0];
}

/** @param {string} source @param {Sender} [sender] */
function described(source, sender) {
  return sender?.identity ? `${source} of ${sender.identity}` : source;
}
