// The page of one client: livekit-client as published, and the globals `client` and `LiveKit` for the stories. It knows
// no server.
import * as LiveKit from "/livekit-client/livekit-client.esm.mjs";
import { receivedMedia } from "/in-page/received-media.mjs";
import { describe } from "/event-text.mjs";
import { sentLayers } from "/sent-layers.mjs";

/** Small enough for two processors to encode for three clients, large enough for two layers. */
const CAMERA = { resolution: { width: 640, height: 360, frameRate: 15 } };

/** Events of the room in order; their arguments as text that is the same in every run. */
const events = [];
/** Data that arrived: texts, files, packets. */
const receivedData = [];
/** Every description the browser applied, local and remote, as it is on the wire. */
const descriptions = [];
for (const side of ["Local", "Remote"]) {
  const set = RTCPeerConnection.prototype[`set${side}Description`];
  RTCPeerConnection.prototype[`set${side}Description`] = function (description) {
    descriptions.push({ side: side.toLowerCase(), type: description?.type, sdp: description?.sdp });
    return set.apply(this, arguments);
  };
}
let room;

globalThis.LiveKit = LiveKit;
globalThis.client = {
  events,
  receivedData,
  descriptions,
  receivedMedia: (only) => receivedMedia(room, only),
  sentLayers: (source) => sentLayers(room, source),
  get room() {
    return room;
  },
  /** Creates the room with these options and records its events. With a key, media and data are encrypted end to end. */
  async createRoom(options = {}, e2eeKey) {
    const encryption = e2eeKey === undefined ? undefined : await encrypted(e2eeKey);
    room = new LiveKit.Room({ videoCaptureDefaults: CAMERA, disconnectOnPageLeave: false, ...options, encryption });
    for (const name of Object.values(LiveKit.RoomEvent)) {
      room.on(name, (...args) => events.push({ name, args: args.map(describe), at: performance.now() }));
    }
    room.on("trackSubscribed", attach);
    room.on("trackUnsubscribed", (track) => track.detach().forEach((element) => element.remove()));
    room.on("dataReceived", (data, from, kind, topic) =>
      receivedData.push({ text: new TextDecoder().decode(data), from: from?.identity, reliable: kind === 0, topic }));
    if (encryption) await room.setE2EEEnabled(true);
    return room;
  },
  setCamera: (enabled, capture, publish) => room.localParticipant.setCameraEnabled(enabled, capture, publish),
  setMicrophone: (enabled, capture, publish) => room.localParticipant.setMicrophoneEnabled(enabled, capture, publish),
  sendText: (text, options = { reliable: true }) => room.localParticipant.publishData(new TextEncoder().encode(text), options),
  /** Unpublishes a track, which also releases its device. */
  unpublish(source) {
    return room.localParticipant.unpublishTrack(room.localParticipant.getTrackPublication(source).track);
  },
};
// The stories wait for this: all globals are set.
document.body.dataset.ready = "";

/** Puts a received track on the page. */
function attach(track) {
  const element = track.attach();
  element.width = 320;
  element.height = 180;
  document.body.append(element);
}

async function encrypted(key) {
  const keyProvider = new LiveKit.ExternalE2EEKeyProvider();
  await keyProvider.setKey(key);
  const worker = new Worker("/livekit-client/livekit-client.e2ee.worker.mjs", { type: "module" });
  return { keyProvider, worker };
}
