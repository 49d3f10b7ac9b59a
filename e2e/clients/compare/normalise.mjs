// Writes what a session reported as lines that are the same in every run: without ids and times, and in an order that
// does not depend on random order.
import { FULL_RECONNECTS } from "./session.mjs";

/** Events about this machine's load or its devices; the server does not cause them alone. */
const ENVIRONMENT = new Set(["activeSpeakersChanged", "connectionQualityChanged", "dcBufferStatusChanged", "trackStreamStateChanged",
  "mediaDevicesChanged", "activeDeviceChanged", "audioPlaybackChanged", "videoPlaybackChanged", "localAudioSilenceDetected"]);

/** A client's events, one line each. */
export function eventLines(events) {
  const compared = sortedRuns(sortedReconnects(withoutHeldBack(events)).filter(([name]) => !ENVIRONMENT.has(name)));
  return compared.map(([name, ...args]) => `${name} ${JSON.stringify(plain(args))}`);
}

/**
 * After a reconnect, livekit-client emits track events at once or holds them back, depending on timing. The session
 * itself checks the state of the tracks then, so these events are left out.
 */
function withoutHeldBack(events) {
  let isReconnecting = false;
  return events.filter(([name]) => {
    if (name === "reconnecting") isReconnecting = true;
    if (name === "roomMetadataChanged") isReconnecting = false;
    return !isReconnecting || !/^(localTrackSubscribed|trackSubscri)/.test(name);
  });
}

/**
 * When an identity joins again, two runs of LiveKit's own server differ: name and metadata of the new session come before
 * or after the end of the old one's tracks, and `participantActive` comes then, later or not at all. So that event is left
 * out, and the other events about this identity are sorted.
 */
function sortedReconnects(events) {
  const compared = [];
  let [from, identity] = [0, ""];
  for (const [at, [name, step]] of events.entries()) {
    if (name !== "roomMetadataChanged") continue;
    const previous = identity;
    identity = FULL_RECONNECTS[step];
    const isLate = ([name, who]) => name === "participantActive" && (who === identity || who === previous);
    const ofStep = events.slice(from, at).filter((event) => !isLate(event));
    compared.push(...(identity ? ofStep.sort(byTextIfAbout(identity)) : ofStep), events[at]);
    from = at + 1;
  }
  return [...compared, ...events.slice(from)];
}

/** Events about others keep their position, since `sort` is stable. */
const byTextIfAbout = (identity) => (one, other) =>
  (one.at(-1) === identity && other.at(-1) === identity ? String(one).localeCompare(String(other)) : 0);

/**
 * Participants or tracks that come or go together do so in any order, on LiveKit's own server too, which keeps them in Go
 * maps. Adjacent events of one kind are sorted by name; the order of events about one track or participant is kept.
 */
function sortedRuns(events) {
  const sorted = [];
  for (let from = 0; from < events.length;) {
    const kind = KINDS.find(({ names }) => names.test(events[from][0]));
    let to = from + 1;
    while (kind && to < events.length && kind.names.test(events[to][0])) to += 1;
    const run = events.slice(from, to);
    sorted.push(...(kind ? run.sort((one, other) => kind.key(one).localeCompare(kind.key(other))) : run));
    from = to;
  }
  return sorted;
}

const KINDS = [
  { names: /^track(Subscri|Unsubscri)/, key: (event) => `${event.filter((arg) => / of /.test(arg)).at(-1)} of ${event.at(-1)}` },
  { names: /^(participant(Connected|Active|Permissions)|trackPublished)/, key: (event) => event.at(-1) },
];

/** Webhooks: for each its name, and a line for every field. */
export function webhookLines(events) {
  return sortedRejoins(events).flatMap(({ event, room, participant, track }) => {
    const subject = [room?.name, participant?.identity, track?.source ?? track?.type].filter(Boolean).join(", ");
    return [`${event} of ${subject}`, ...facts(event, plain({ room: room?.name, participant, track }))];
  });
}

/**
 * A participant that joins again publishes its tracks again. LiveKit's own server sends these webhooks before or after
 * `participant_joined`, with or without the tracks in it, depending on timing.
 */
function sortedRejoins(events) {
  const joined = new Set();
  const sorted = events.map((event) => ({ ...event }));
  for (const [at, event] of sorted.entries()) {
    if (event.event !== "participant_joined") continue;
    const { identity } = event.participant;
    if (joined.has(identity)) {
      const { tracks, isPublisher, ...participant } = event.participant;
      event.participant = participant;
      const before = sorted[at - 1];
      if (before.event === "track_published" && before.participant.identity === identity) sorted.splice(at - 1, 2, event, before);
    }
    joined.add(identity);
  }
  return sorted;
}

/** The server API's list of participants. */
export function apiLines(participants) {
  const sorted = participants.sort((one, other) => one.identity.localeCompare(other.identity));
  return sorted.flatMap((participant) => facts(participant.identity, plain(participant.toJson())));
}

/** One line for each value, so that two records differ in exactly the lines whose values differ. */
function facts(path, value) {
  if (value === null || typeof value !== "object") return [`  ${path}: ${value}`];
  return Object.entries(value).flatMap(([name, field]) => facts(`${path} ${field?.source ?? field?.rid ?? field?.mimeType ?? name}`, field));
}

/** Ids and times, which are new in every run. */
const VOLATILE = new Set(["joinedAt", "joinedAtMs", "version", "id", "timestamp", "ssrc", "cid", "mid", "stream",
  "repairSsrc", "createdAt", "creationTime"]);

/** The value without volatile fields and without empty ones (in protobuf an empty field is an absent one), sorted. */
function plain(value) {
  // The tracks of a participant come in the order of a Go map, too.
  if (Array.isArray(value)) return value.map(plain).sort((one, other) => (one?.source && other?.source ? one.source.localeCompare(other.source) : 0));
  if (typeof value === "string") return value.replace(/^(PA|RM|TR|ND)_.*$/, "$1");
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).filter(([name, field]) => !VOLATILE.has(name) && !isEmpty(field));
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isEmpty(value) {
  if (value && typeof value === "object") return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false || value === "0" || value === null;
}
