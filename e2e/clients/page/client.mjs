// One person's page: LiveKit's own client, as it is published, and what the stories ask of it. It knows no server.
import * as LiveKit from "/livekit-client/livekit-client.esm.mjs";
import { describe } from "/event-text.mjs";
import { seen, sent } from "/media-stats.mjs";

/** Small enough for two processors to encode for three people, large enough for two layers. */
const CAMERA = { resolution: { width: 640, height: 360, frameRate: 15 } };

/** What this person's room told them, in order, in words without names that change from run to run. */
const told = [];
/** What they received as data: texts, files, packets. */
const received = [];
/** The descriptions of the connection their browser made (local) and was given, as they are on the wire. */
const descriptions = [];
for (const whose of ["Local", "Remote"]) {
  const set = RTCPeerConnection.prototype[`set${whose}Description`];
  RTCPeerConnection.prototype[`set${whose}Description`] = function (description) {
    descriptions.push({ whose: whose.toLowerCase(), type: description?.type, sdp: description?.sdp });
    return set.apply(this, arguments);
  };
}
let room;

globalThis.LiveKit = LiveKit;
globalThis.me = {
  told,
  received,
  descriptions,
  seen: (who) => seen(room, who),
  sent: (source) => sent(room, source),
  get room() {
    return room;
  },
  /** A room with these options; every event of it is remembered. `e2ee` is the key for what goes end to end. */
  async has(options = {}, e2ee) {
    const encryption = e2ee === undefined ? undefined : await encrypted(e2ee);
    room = new LiveKit.Room({ videoCaptureDefaults: CAMERA, disconnectOnPageLeave: false, ...options, encryption });
    for (const event of Object.values(LiveKit.RoomEvent)) {
      room.on(event, (...about) => told.push({ event, about: about.map(describe), at: performance.now() }));
    }
    room.on("trackSubscribed", (track, publication, participant) => shows(track, publication, participant));
    room.on("trackUnsubscribed", (track) => track.detach().forEach((element) => element.remove()));
    room.on("dataReceived", (data, from, kind, topic) =>
      received.push({ text: new TextDecoder().decode(data), from: from?.identity, reliable: kind === 0, topic }));
    if (encryption) await room.setE2EEEnabled(true);
    return room;
  },
  joins: (url, token, connect = {}) => room.connect(url, token, connect),
  camera: (is, capture, publish) => room.localParticipant.setCameraEnabled(is, capture, publish),
  microphone: (is, capture, publish) => room.localParticipant.setMicrophoneEnabled(is, capture, publish),
  /** Takes a track back, the element and the device with it. */
  takesBack: (source) => {
    const publication = room.localParticipant.getTrackPublication(source);
    return room.localParticipant.unpublishTrack(publication.track);
  },
};
// Nothing in here is for the page; a marker that everything above is there.
document.body.dataset.ready = "";

/** What is received is on the page, with the name of who sends it. */
function shows(track, publication, participant) {
  const element = track.attach();
  element.dataset.who = participant.identity;
  element.dataset.source = publication.source;
  element.width = 320;
  element.height = 180;
  document.body.append(element);
  if (track.kind === "video") countsPaintings(element);
}

/**
 * `painted` on an element: when each picture reached the screen. A browser may decode every one and show none.
 */
function countsPaintings(element) {
  element.painted = [];
  const again = (now) => {
    element.painted.push(now);
    element.requestVideoFrameCallback(again);
  };
  element.requestVideoFrameCallback(again);
}

async function encrypted(key) {
  const keyProvider = new LiveKit.ExternalE2EEKeyProvider();
  await keyProvider.setKey(key);
  const worker = new Worker("/livekit-client/livekit-client.e2ee.worker.mjs", { type: "module" });
  return { keyProvider, worker };
}
