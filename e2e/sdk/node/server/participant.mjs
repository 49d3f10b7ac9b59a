// Participants with LiveKit's client for Node, and tokens for them and for the server API.
import { AudioFrame, AudioSource, LocalAudioTrack, Room, TrackPublishOptions, TrackSource } from "@livekit/rtc-node";
import { AccessToken, RoomServiceClient } from "livekit-server-sdk";
import { eventually } from "../../../harness/eventually.mjs";
import { KEY, SECRET, startMediaServer } from "../../../harness/livekit/media-server.mjs";

/** The media server and a client of its server API. @param {string[]} [webhooks] URLs */
export async function startServer(webhooks) {
  const server = await startMediaServer(webhooks);
  return { ...server, service: new RoomServiceClient(server.http, KEY, SECRET) };
}

/** A token for the server API, or for a participant. */
export async function token(grant, { identity, key = KEY, secret = SECRET, ttl = "10m" } = {}) {
  const signed = new AccessToken(key, secret, { identity, ttl });
  signed.addGrant(grant);
  return signed.toJwt();
}

const EVENTS = ["dataReceived", "roomMetadataChanged", "participantNameChanged", "participantAttributesChanged",
  "participantMetadataChanged", "trackSubscribed", "trackUnsubscribed", "trackUnpublished", "trackMuted",
  "localTrackUnpublished", "disconnected"];

/** Joins a room. `events` are those of the room so far, as `[name, ...arguments]`. */
export async function join(server, room, identity) {
  const client = new Room();
  const events = [];
  for (const name of EVENTS) client.on(name, (...args) => events.push([name, ...args]));
  await client.connect(server.ws, await token({ roomJoin: true, room }, { identity }), { autoSubscribe: true });
  const receivesEvent = (name, matches = () => true) =>
    eventually(`${identity} receives ${name}`, () => events.find(([event, ...args]) => event === name && matches(...args)));
  return {
    client, events, receivesEvent,
    publishMicrophone: () => publishMicrophone(client),
    packetsReceived: () => packetsReceived(client),
  };
}

/** Publishes a microphone with a tone in it until the client disconnects. Returns the track's id. */
async function publishMicrophone(client) {
  const source = new AudioSource(48_000, 1);
  const tone = Int16Array.from({ length: 480 }, (_, at) => 8_000 * Math.sin((at * Math.PI) / 24));
  // The clock of the fake device: 480 samples each 10 ms.
  const clock = setInterval(() => source.captureFrame(new AudioFrame(tone, 48_000, 1, tone.length)).catch(() => {}), 10);
  client.once("disconnected", () => clearInterval(clock));
  const track = LocalAudioTrack.createAudioTrack("mic", source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
  const { sid } = await client.localParticipant.publishTrack(track, options);
  return sid;
}

/** RTP packets received so far. */
async function packetsReceived(client) {
  const { publisherStats, subscriberStats } = await client.getRtcStats();
  const received = [...publisherStats, ...subscriberStats].filter((it) => it.stats.case === "inboundRtp");
  return received.reduce((sum, it) => sum + Number(it.stats.value.received.packetsReceived), 0);
}
