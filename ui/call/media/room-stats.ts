// One reading of a room's WebRTC statistics, as plain values: what is sent, what arrives, and how well.

import { Track, type Room, type TrackPublication } from "livekit-client";
import type { DeviceKind } from "../state.ts";
import type { RemoteReading } from "./arrivals.ts";
import type { Capture } from "./capture.ts";
import { NO_STATS, addReport, type StatsTotals } from "./connection-quality.ts";
import type { PublishedTracks } from "./published-tracks.ts";
import { isPaused } from "./remote-participants.ts";
import type { SentTrack } from "./send-watchdog.ts";

type Entries = readonly Record<string, unknown>[];

export interface RoomStats {
  sent: { [kind in DeviceKind]?: SentTrack };
  remote: readonly RemoteReading[];
  totals: StatsTotals;
  /** Grows while anything arrives from the server, even an answer to a connectivity check. */
  fromServer: number;
}

/** The server forwards only the loudest of more than eight microphones: silence of one says nothing then. */
const ALL_AUDIBLE = 8;

export async function readRoomStats(room: Room, capture: Capture, own: PublishedTracks): Promise<RoomStats> {
  const people = [...room.remoteParticipants.values()];
  const publications = [...people, room.localParticipant].flatMap((person) => [...person.trackPublications.values()]);
  const reports = new Map<TrackPublication, Entries>();
  await Promise.all(publications.map(async (publication) => reports.set(publication, await entriesOf(publication))));
  const entries = (publication: TrackPublication | undefined): Entries => (publication && reports.get(publication)) ?? [];

  const arrives = (publication: TrackPublication): boolean =>
    isExpected(publication) && (publication.kind === Track.Kind.Video || people.length < ALL_AUDIBLE);
  const remote = people.map((person): RemoteReading => {
    const devices = [...person.trackPublications.values()].filter(({ source }) => source === Track.Source.Camera || source === Track.Source.Microphone);
    return {
      id: person.identity,
      published: devices.length > 0,
      expected: devices.filter(arrives).map((publication) => ({
        id: publication.trackSid,
        kind: publication.kind === Track.Kind.Video ? ("camera" as const) : ("microphone" as const),
        received: received(entries(publication)),
      })),
      paused: isPaused(person, Track.Source.Camera),
    };
  });
  const expectsMedia = remote.some((person) => person.expected.length > 0);
  const totals = [...reports.values()].reduce(addReport, { ...NO_STATS, expectsMedia });
  const sent = (["camera", "microphone"] as const).flatMap((kind): [DeviceKind, SentTrack][] =>
    isCapturing(capture, kind) ? [[kind, sentTrack(own, kind, entries(own.publication(kind)))]] : [],
  );
  return { sent: Object.fromEntries(sent), remote, totals, fromServer: receivedFrom(await connectionEntries(room)) };
}

/** Of the peer connections themselves: they exist without a track, and do not change with the tracks. */
async function connectionEntries({ engine }: Room): Promise<Entries> {
  const connections = [engine?.pcManager?.publisher, engine?.pcManager?.subscriber];
  const reports = await Promise.all(connections.map((connection) => connection?.getStats()?.catch(() => undefined)));
  return reports.flatMap((report) => (report ? [...(report.values() as Iterable<Record<string, unknown>>)] : []));
}

async function entriesOf({ track }: TrackPublication): Promise<Entries> {
  const report = await track?.getRTCStatsReport().catch(() => undefined);
  return report ? [...(report.values() as Iterable<Record<string, unknown>>)] : [];
}

function isExpected(publication: TrackPublication): boolean {
  const { track, isMuted, isEnabled } = publication;
  return track !== undefined && !isMuted && isEnabled && track.streamState === Track.StreamState.Active;
}

/** A phone in the background, or a call on it, mutes the track: then nothing is expected to be sent. */
function isCapturing(capture: Capture, kind: DeviceKind): boolean {
  const track = capture.track(kind);
  return capture.isEnabled(kind) && track?.readyState === "live" && !track.muted;
}

function sentTrack(own: PublishedTracks, kind: DeviceKind, entries: Entries): SentTrack {
  const sender = own.publication(kind)?.track?.sender;
  const encodings = sender?.getParameters().encodings ?? [];
  const paused = kind === "camera" && encodings.length > 0 && encodings.every((encoding) => encoding.active === false);
  return { packets: own.publication(kind) && sum(entries, "outbound-rtp", "packetsSent"), paused };
}

function received(entries: Entries): number {
  return sum(entries, "inbound-rtp", "framesReceived") || sum(entries, "inbound-rtp", "packetsReceived");
}

function receivedFrom(entries: Entries): number {
  return ["packetsReceived", "bytesReceived", "responsesReceived", "requestsReceived"].reduce(
    (total, field) => total + sum(entries, "candidate-pair", field) + sum(entries, "transport", field),
    0,
  );
}

function sum(entries: Entries, type: string, field: string): number {
  return entries.reduce((total, entry) => total + (entry["type"] === type && typeof entry[field] === "number" ? entry[field] : 0), 0);
}
