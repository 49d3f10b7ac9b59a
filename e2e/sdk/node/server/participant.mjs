// The media server alone, for as long as a story needs it, and people in its rooms.
import { eventually } from "../../../harness/eventually.mjs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { AudioFrame, AudioSource, LocalAudioTrack, Room, TrackPublishOptions, TrackSource } from "@livekit/rtc-node";
import { AccessToken, RoomServiceClient } from "livekit-server-sdk";

export const KEY = "devkey";
export const SECRET = "secret";

/** Starts the server; what happens in its rooms is told to `webhooks`. */
export async function plain(webhooks = []) {
  const program = process.env.ANTEROOM_PLAIN;
  if (!program) throw new Error("ANTEROOM_PLAIN names no program: cargo xtask test sdk builds it and names it");
  const port = await freePair();
  const child = spawn(program, [`127.0.0.1:${port}`, ...webhooks], { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: child.stderr });
  const said = [];
  for await (const line of lines) {
    said.push(line);
    if (line.includes("open, with devkey")) break;
  }
  if (child.exitCode !== null || said.length === 0) throw new Error(`the server did not start:\n${said.join("\n")}`);
  child.stderr.resume();
  const http = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill();
    if (child.exitCode === null) await once(child, "exit");
  };
  return { http, ws: `ws://127.0.0.1:${port}`, rooms: new RoomServiceClient(http, KEY, SECRET), stop };
}

/** A token of a program or of a person. */
export async function token(grant, { identity, key = KEY, secret = SECRET, ttl = "10m" } = {}) {
  const signed = new AccessToken(key, secret, { identity, ttl });
  signed.addGrant(grant);
  return signed.toJwt();
}

/** Somebody in a room, with LiveKit's own client; `told` is what their room told them. */
export async function person(server, room, identity) {
  const client = new Room();
  const told = [];
  const events = ["dataReceived", "roomMetadataChanged", "participantNameChanged", "participantAttributesChanged",
    "participantMetadataChanged", "trackSubscribed", "trackUnsubscribed", "trackUnpublished", "trackMuted",
    "localTrackUnpublished", "disconnected"];
  for (const event of events) client.on(event, (...about) => told.push([event, ...about]));
  await client.connect(server.ws, await token({ roomJoin: true, room }, { identity }), { autoSubscribe: true });
  const hears = (event, holds = () => true) =>
    so(`${identity} hears ${event}`, () => told.find(([kind, ...about]) => kind === event && holds(...about)));
  return { client, told, hears, speaks: () => speaks(client), packets: () => packets(client) };
}

/** Publishes a microphone with a tone in it, for as long as they are in; answers with the track's name. */
async function speaks(client) {
  const source = new AudioSource(48_000, 1);
  const tone = Int16Array.from({ length: 480 }, (_, at) => 8_000 * Math.sin((at * Math.PI) / 24));
  const beat = setInterval(() => source.captureFrame(new AudioFrame(tone, 48_000, 1, tone.length)).catch(() => {}), 10);
  client.once("disconnected", () => clearInterval(beat));
  const track = LocalAudioTrack.createAudioTrack("mic", source);
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
  const { sid } = await client.localParticipant.publishTrack(track, options);
  return sid;
}

/** How many packets of media they have received. */
async function packets(client) {
  const { publisherStats, subscriberStats } = await client.getRtcStats();
  const received = [...publisherStats, ...subscriberStats].filter((it) => it.stats.case === "inboundRtp");
  return received.reduce((sum, it) => sum + Number(it.stats.value.received.packetsReceived), 0);
}

/** Waits until it is so. */
export const so = eventually;

/** Two ports in a row: pages and signalling, media. */
async function freePair() {
  for (;;) {
    const first = createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port } = first.address();
    const second = createServer().listen(port + 1, "0.0.0.0");
    const isFree = await once(second, "listening").then(() => true, () => false);
    await Promise.all([first, second].map((server) => new Promise((resolve) => server.close(resolve))));
    if (isFree) return port;
  }
}
