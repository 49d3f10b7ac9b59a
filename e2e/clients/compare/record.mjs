// What was told in a session, written so that two records of it can be laid side by side: one line each, without the
// names and times that every run makes anew.
import { ear } from "./webhook-receiver.mjs";
import { play } from "./session.mjs";
import { eventually } from "../../harness/eventually.mjs";

/**
 * Events that say something about this machine's load or its devices, and not about what the server said.
 */
const OF_THE_MOMENT = new Set(["activeSpeakersChanged", "connectionQualityChanged", "dcBufferStatusChanged", "trackStreamStateChanged",
  "mediaDevicesChanged", "activeDeviceChanged", "audioPlaybackChanged", "videoPlaybackChanged", "localAudioSilenceDetected"]);

/**
 * Plays the session on a server of this kind.
 *
 * @param {(webhooks: string[]) => Promise<import("../../harness/livekit/servers.mjs").Server>} start
 * @param {boolean} singlePeerConnection
 * @returns {Promise<Record<string, string[]>>} by who was told: each client, the webhooks, and a program that asked after each step
 */
export async function record(start, singlePeerConnection) {
  const hook = await ear();
  /** @type {import("../../harness/livekit/servers.mjs").Server | undefined} */
  let server;
  const room = "ward";
  const asked = [];
  const people = [];
  try {
    server = await start([hook.url]);
    people.push(...await play(server, room, singlePeerConnection, async (step) => {
      asked.push(`-- ${step}`, ...await states(server, room));
    }));
    await eventually("the end is told", () => hook.told.some(({ event }) => event === "room_finished"));
    const clients = await Promise.all(people.map(async (person, at) => [`${person.name}${at === 4 ? " elsewhere" : ""}`, lines(await person.told())]));
    return { ...Object.fromEntries(clients), webhooks: inOrder(hook.told).flatMap(letter), program: asked };
  } finally {
    await Promise.all(people.map((person) => person.goes()));
    await server?.stop();
    await hook.stop();
  }
}

/** A client's events, one line each. */
function lines(told) {
  return apart(passingOn(withoutHeldBack(told)).filter(([event]) => !OF_THE_MOMENT.has(event))).map(([event, ...about]) => line(event, plain(about)));
}

/**
 * What arrives while livekit-client comes to rest after a new start is told or held back as chance will have it: what
 * became of the tracks then is seen in the session itself, and left out here.
 */
function withoutHeldBack(told) {
  let isComingToRest = false;
  return told.filter(([event]) => {
    if (event === "reconnecting") isComingToRest = true;
    if (event === "roomMetadataChanged") isComingToRest = false;
    return !isComingToRest || !/^(localTrackSubscribed|trackSubscri)/.test(event);
  });
}

/** Steps in which somebody's place passes to a new stay of the same name, by what the step is called. */
const PASSES_ON = { "ada comes in anew": "ada", "ben comes in elsewhere": "ben" };

/**
 * How the others see such a place pass on differs between two runs of LiveKit's own server: the name and words of the
 * new stay before or after the tracks of the old one are gone, and `participantActive` then, a little later
 * or not at all. What else they are told is compared, in the order of the alphabet.
 */
function passingOn(told) {
  const kept = [];
  let [from, passed] = [0, ""];
  for (const [at, [event, step]] of told.entries()) {
    if (event !== "roomMetadataChanged") continue;
    const before = passed;
    passed = PASSES_ON[step];
    const isLate = ([event, who]) => event === "participantActive" && (who === passed || who === before);
    const during = told.slice(from, at).filter((one) => !isLate(one));
    kept.push(...(passed ? during.sort(about(passed)) : during), told[at]);
    from = at + 1;
  }
  return [...kept, ...told.slice(from)];
}

/** Everything about others keeps its place; `sort` is stable. */
const about = (who) => (one, other) =>
  (one.at(-1) === who && other.at(-1) === who ? String(one).localeCompare(String(other)) : 0);

/**
 * Several people or tracks that come or go at once do so in any order, on LiveKit's own server too, which keeps them in
 * maps of Go's: neighbours of a kind are put in the order of their names. What is told of each of them keeps its order,
 * and its place among everything else.
 */
function apart(told) {
  const sorted = [];
  for (let from = 0; from < told.length;) {
    const kind = KINDS.find(({ events }) => events.test(told[from][0]));
    let to = from + 1;
    while (kind && to < told.length && kind.events.test(told[to][0])) to += 1;
    const run = told.slice(from, to);
    sorted.push(...(kind ? run.sort((one, other) => kind.name(one).localeCompare(kind.name(other))) : run));
    from = to;
  }
  return sorted;
}

const KINDS = [
  { events: /^track(Subscri|Unsubscri)/, name: (told) => `${told.filter((about) => / of /.test(about)).at(-1)} of ${told.at(-1)}` },
  { events: /^(participant(Connected|Active|Permissions)|trackPublished)/, name: (told) => told.at(-1) },
];

/**
 * Who comes in anew brings their tracks: on LiveKit's own server these are told before or after the arrival, and are in it
 * or not, as chance will have it.
 */
function inOrder(told) {
  const arrived = new Set();
  const letters = told.map(({ ...letter }) => letter);
  for (const [at, letter] of letters.entries()) {
    if (letter.event !== "participant_joined") continue;
    const { identity } = letter.participant;
    if (arrived.has(identity)) {
      const { tracks, isPublisher, ...participant } = letter.participant;
      letter.participant = participant;
      const before = letters[at - 1];
      if (before.event === "track_published" && before.participant.identity === identity) letters.splice(at - 1, 2, letter, before);
    }
    arrived.add(identity);
  }
  return letters;
}

/** A webhook: what it is, and a line for everything it says. */
function letter({ event, room, participant, track }) {
  const about = plain({ room: room?.name, participant, track });
  return [`${event} of ${[room?.name, participant?.identity, track?.source ?? track?.type].filter(Boolean).join(", ")}`, ...facts(event, about)];
}

/** What the server API says of everybody in the room. */
async function states({ rooms }, room) {
  const people = await rooms.listParticipants(room);
  return people.sort(byIdentity).flatMap((one) => facts(one.identity, plain(one.toJson())));
}

const byIdentity = (one, other) => one.identity.localeCompare(other.identity);

/** One line for each thing that is said: two records then differ in just what they differ in. */
function facts(of, about) {
  if (about === null || typeof about !== "object") return [`  ${of}: ${about}`];
  return Object.entries(about).flatMap(([name, value]) => facts(`${of} ${value?.source ?? value?.rid ?? value?.mimeType ?? name}`, value));
}

const line = (event, about) => `${event} ${JSON.stringify(about)}`;

/** Names and times that are new in every run. */
const NEW = new Set(["joinedAt", "joinedAtMs", "version", "id", "timestamp", "ssrc", "cid", "mid", "stream",
  "repairSsrc", "createdAt", "creationTime"]);

/** The same in every run; fields in one order, and none that are empty: to leave them out says the same. */
function plain(about) {
  // The order of somebody's tracks is that of a map, too.
  if (Array.isArray(about)) return about.map(plain).sort((one, other) => (one?.source && other?.source ? one.source.localeCompare(other.source) : 0));
  if (typeof about === "string") return about.replace(/^(PA|RM|TR|ND)_.*$/, "$1");
  if (about === null || typeof about !== "object") return about;
  const fields = Object.entries(about).filter(([name, value]) => !NEW.has(name) && !isEmpty(value));
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isEmpty(value) {
  if (value && typeof value === "object") return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false || value === "0" || value === null;
}
