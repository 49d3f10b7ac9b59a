// The connection to the media room (LiveKit client): one ticket, one connection. Publishes the tracks of capture.ts,
// attaches remote tracks, reports reconnects. Loaded on demand: the media library is larger than the rest of the page.

import {
  DisconnectReason, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, Track, VideoPresets, setLogLevel,
  type LocalTrack, type LocalTrackPublication, type RoomOptions, type TrackPublishOptions,
} from "livekit-client";
import type { Ticket } from "../../protocol/consultation-client.ts";
import type { CallEvent, RequestFailure, DeviceKind } from "../state.ts";
import type { Capture } from "./capture.ts";
import { clearMarks, isMarked, mark } from "./join-timing.ts";
import { NO_STATS, addReport, rateConnection, type StatsTotals } from "./connection-quality.ts";
import { remoteParticipantsOf, TRACK_SOURCES, type VideoSource } from "./remote-participants.ts";

const ROOM_OPTIONS: RoomOptions = {
  adaptiveStream: true,
  dynacast: true,
  // capture.ts stops tracks: the camera survives a lost connection and is released when the person switches it off.
  stopLocalTrackOnUnpublish: false,
  // The library would also leave when a phone only freezes the page; element.ts disconnects when it is really closed.
  disconnectOnPageLeave: false,
  // Faster than the library's default: a restarted server is back within a second, and the first resume attempt then ends
  // with the server asking for a full reconnect.
  reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => RECONNECT_DELAYS_MS[retryCount] ?? null },
  publishDefaults: { videoCodec: "vp8", backupCodec: false, simulcast: true },
};

/** Delay before each reconnect attempt, in milliseconds with 20 % jitter; about two and a half minutes in all. */
const RECONNECT_DELAYS_MS = [0, 150, 300, 450, 600, 900, 1_500, 2_500, 4_000, ...Array<number>(20).fill(7_000)].map((delay) => delay * (0.8 + 0.4 * Math.random()));
const CONNECT_TIMEOUT_MS = 8_000;
const STATS_INTERVAL_MS = 2_500;

setLogLevel("warn");

export class RoomConnection {
  room: Room | undefined;
  #lastStats: StatsTotals | undefined;
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #screen: LocalTrack | undefined;
  readonly #send: (event: CallEvent) => void;
  readonly #capture: Capture;
  readonly #audioElements: HTMLElement;

  /** `audioElements` receives the audio elements of remote participants; it must stay in the page during a call. */
  constructor(send: (event: CallEvent) => void, capture: Capture, audioElements: HTMLElement) {
    this.#send = send;
    this.#capture = capture;
    this.#audioElements = audioElements;
  }

  async connect(ticket: Ticket, speaker: string | undefined): Promise<void> {
    await this.disconnect();
    clearMarks("socket", "connected", "first-frame");
    const room = new Room({ ...ROOM_OPTIONS, ...(speaker && { audioOutput: { deviceId: speaker } }) });
    this.room = room;
    this.#addListeners(room);
    // Published before connecting on purpose: the library then publishes with the join response, not a round trip later.
    this.publish("microphone");
    this.publish("camera");
    await room.connect(ticket.url, ticket.token, { maxRetries: 0, websocketTimeout: CONNECT_TIMEOUT_MS, peerConnectionTimeout: CONNECT_TIMEOUT_MS });
    if (this.room !== room) return;
    mark("connected");
    this.#statsTimer = setInterval(() => void this.#readStats(room), STATS_INTERVAL_MS);
    this.#send({ type: "connected" });
    this.#send({ type: "remote-participants", remoteParticipants: remoteParticipantsOf(room) });
  }

  async disconnect(): Promise<void> {
    const room = this.room;
    this.room = undefined;
    this.#lastStats = undefined;
    clearInterval(this.#statsTimer);
    this.#screen?.mediaStreamTrack.stop();
    this.#screen = undefined;
    this.#audioElements.replaceChildren();
    await room?.disconnect(false).catch(() => undefined);
  }

  /** Publishes the captured track, replaces it, or mutes and unmutes it. */
  publish(kind: DeviceKind): void {
    const room = this.room;
    if (room) void this.#publish(room, kind).catch(() => undefined); // failed with its connection; the next connection publishes again
  }

  async #publish(room: Room, kind: DeviceKind): Promise<void> {
    const source = kind === "camera" ? Track.Source.Camera : Track.Source.Microphone;
    const published = room.localParticipant.getTrackPublication(source);
    if (published) return this.#adjust(published, kind);
    const track = this.#capture.track(kind);
    if (!track || this.#publishing.has(track)) return;
    this.#publishing.add(track);
    const trackClass = kind === "camera" ? LocalVideoTrack : LocalAudioTrack;
    const local = new trackClass(track, undefined, true) as LocalTrack;
    if (!this.#capture.isEnabled(kind)) await local.mute();
    const publishing = room.localParticipant.publishTrack(local, { source, ...simulcastLayers(track) });
    const publication = await publishing.finally(() => this.#publishing.delete(track));
    // The person may have muted, or flipped the camera, while publishing was in progress.
    if (this.room === room) await this.#adjust(publication, kind);
  }

  async #adjust(publication: LocalTrackPublication, kind: DeviceKind): Promise<void> {
    const track = this.#capture.track(kind);
    if (track && publication.track && publication.track.mediaStreamTrack !== track) await publication.track.replaceTrack(track, true);
    if (this.#capture.isEnabled(kind)) await publication.unmute();
    else await publication.mute();
  }

  readonly #publishing = new Set<MediaStreamTrack>();

  async shareScreen(on: boolean): Promise<void> {
    const room = this.room;
    if (!on || !room) {
      const screen = this.#screen;
      this.#screen = undefined;
      screen?.mediaStreamTrack.stop();
      if (screen && room) await room.localParticipant.unpublishTrack(screen).catch(() => undefined);
      return;
    }
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } }, audio: false });
      const track = stream.getVideoTracks()[0];
      if (!track || this.room !== room) return stream.getTracks().forEach((each) => each.stop());
      track.contentHint = "detail";
      track.addEventListener("ended", () => this.#send({ type: "screen-share", state: "off" }));
      this.#screen = new LocalVideoTrack(track, undefined, true) as LocalTrack;
      await room.localParticipant.publishTrack(this.#screen, { source: Track.Source.ScreenShare, simulcast: false });
      this.#send({ type: "screen-share", state: "on" });
    } catch {
      this.#send({ type: "screen-share", state: "off" }); // usually: the person cancelled the browser's screen picker
    }
  }

  /** Attaches a participant's video track to a video element, and follows mutes and new tracks when called again. */
  attachVideo(video: HTMLVideoElement, id: string, source: VideoSource): void {
    const track = this.room?.remoteParticipants.get(id)?.getTrackPublication(TRACK_SOURCES[source])?.track;
    const shown = this.#attached.get(video);
    if (shown === track) return;
    shown?.detach(video);
    if (!track) return void this.#attached.delete(video);
    this.#attached.set(video, track);
    track.attach(video);
    if (!isMarked("first-frame")) video.requestVideoFrameCallback?.(() => isMarked("first-frame") || mark("first-frame"));
  }

  readonly #attached = new WeakMap<HTMLVideoElement, Track>();

  async selectSpeaker(id: string): Promise<void> {
    await this.room?.switchActiveDevice("audiooutput", id).catch(() => undefined);
  }

  /** Call inside a user gesture: starts audio playback that the browser had blocked. */
  async startAudio(): Promise<void> {
    await this.room?.startAudio().catch(() => undefined);
  }

  #addListeners(room: Room): void {
    const ifCurrent = (action: () => void) => (): void => {
      if (this.room === room) action();
    };
    const participantsChanged = ifCurrent(() => this.#send({ type: "remote-participants", remoteParticipants: remoteParticipantsOf(room) }));
    for (const event of [
      RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackPublished, RoomEvent.TrackUnpublished,
      RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted,
      RoomEvent.ActiveSpeakersChanged, RoomEvent.ParticipantNameChanged,
    ] as const) room.on(event, participantsChanged);
    room.on(RoomEvent.SignalConnected, ifCurrent(() => mark("socket")));
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (this.room === room && track.kind === Track.Kind.Audio) this.#audioElements.append(track.attach());
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) track.detach().forEach((element) => element.remove());
    });
    room.on(RoomEvent.Reconnecting, ifCurrent(() => this.#send({ type: "reconnecting" })));
    room.on(RoomEvent.Reconnected, ifCurrent(() => this.#send({ type: "reconnected" })));
    room.on(RoomEvent.AudioPlaybackStatusChanged, ifCurrent(() => this.#send({ type: "audio-blocked", blocked: !room.canPlaybackAudio })));
    room.on(RoomEvent.Disconnected, (reason) => {
      if (this.room === room) this.#send({ type: "disconnected", cause: disconnectCause(reason) });
    });
  }

  async #readStats(room: Room): Promise<void> {
    const remoteTracks = [...room.remoteParticipants.values()].flatMap((participant) => [...participant.trackPublications.values()]);
    const ownTracks = [...room.localParticipant.trackPublications.values()];
    let totals: StatsTotals = { ...NO_STATS, expectsMedia: remoteTracks.some((sent) => sent.track && !sent.isMuted) };
    for (const { track } of [...remoteTracks, ...ownTracks]) {
      const report = await track?.getRTCStatsReport().catch(() => undefined);
      if (report) totals = addReport(totals, report.values() as Iterable<Record<string, unknown>>);
    }
    if (this.room !== room) return;
    if (this.#lastStats) this.#send({ type: "connection-quality", quality: rateConnection(this.#lastStats, totals) });
    this.#lastStats = totals;
  }
}

/** Simulcast: one lower layer beside the full one is enough between two people; the library's default is three layers. */
function simulcastLayers(track: MediaStreamTrack): TrackPublishOptions {
  if (track.kind !== "video") return {};
  const large = (track.getSettings().width ?? 0) > VideoPresets.h360.width;
  return { videoSimulcastLayers: [large ? VideoPresets.h360 : VideoPresets.h180] };
}

function disconnectCause(reason: DisconnectReason | undefined): "replaced" | "removed" | "lost" {
  switch (reason) {
    case DisconnectReason.DUPLICATE_IDENTITY: return "replaced";
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED: return "removed";
    default: return "lost";
  }
}

/** The signalling endpoint answers a refused join with 403 and `code: …`; any other error counts as unreachable. */
export function connectFailureOf(error: unknown): RequestFailure {
  const refusal = error as { status?: unknown; message?: unknown };
  const match = /\b([a-z]+(?:_[a-z]+)*): ([^:]*)$/.exec(String(refusal?.message ?? ""));
  if (refusal?.status === 403 && match?.[1]) return { kind: "refused", code: match[1], message: match[2] ?? "" };
  return { kind: "unreachable" };
}
