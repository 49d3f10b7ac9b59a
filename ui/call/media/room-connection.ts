// One connection to the media room (LiveKit client), made with one ticket, ended for good. Everything that belongs to the
// connection is in it: what was published, what was read from its statistics. media-room.ts makes the next one.

import { Room, RoomEvent, Track, setLogLevel, type RoomOptions } from "livekit-client";
import type { Ticket } from "../../protocol/consultation-client.ts";
import type { CallEvent, DeviceKind, MediaProtocol, RemoteParticipant } from "../state.ts";
import { NO_ARRIVALS, arrivalOf, followArrivals, type Arrivals } from "./arrivals.ts";
import type { Capture } from "./capture.ts";
import { rateConnection, type StatsTotals } from "./connection-quality.ts";
import { connectFailureOf } from "./connect-failure.ts";
import { disconnectCause } from "./disconnect-cause.ts";
import { clearMarks, mark } from "./join-timing.ts";
import { protocolsTried } from "./media-paths.ts";
import { PublishedTracks } from "./published-tracks.ts";
import { remoteParticipantsOf } from "./remote-participants.ts";
import { readRoomStats, type RoomStats } from "./room-stats.ts";
import { ScreenShare } from "./screen-share.ts";
import { follow, stalledMs, type Stall } from "./stall.ts";
import { UnsentNotices } from "./unsent-notice.ts";

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
const STATS_INTERVAL_MS = 1_000;
/** The quality compares readings that are this far apart: over one second a few lost packets are many. */
const QUALITY_READINGS = 3;
/** While something is sent, the server acknowledges it several times a second; otherwise only connectivity checks are answered. */
const SILENT_MS = { sending: 2_000, listening: 6_000 };

setLogLevel("warn");

export interface RoomConnectionOptions {
  capture: Capture;
  /** Receives the audio elements of remote participants; it must stay in the page during a call. */
  audioElements: HTMLElement;
  speaker: string | undefined;
  send(event: CallEvent): void;
  /** Once a second while connected; undefined while the connection itself is interrupted. */
  stats(stats: RoomStats | undefined): void;
}

export class RoomConnection {
  readonly room: Room;
  readonly published: PublishedTracks;
  readonly screenShare: ScreenShare;
  readonly unsent: UnsentNotices;
  readonly #options: RoomConnectionOptions;
  #signalled = false;
  #closed = false;
  #resuming = false;
  #signalLost = false;
  /** Undefined until signalling works. */
  #tried: readonly MediaProtocol[] | undefined;
  #statsTimer: ReturnType<typeof setInterval> | undefined;
  #totals: StatsTotals[] = [];
  #fromServer: Stall | undefined;
  #linkSilent = false;
  #arrivals: Arrivals = NO_ARRIVALS;
  #shownParticipants = "";

  constructor(options: RoomConnectionOptions) {
    const { speaker, capture } = options;
    this.#options = options;
    this.room = new Room({ ...ROOM_OPTIONS, ...(speaker && { audioOutput: { deviceId: speaker } }) });
    this.published = new PublishedTracks(this.room, capture);
    this.screenShare = new ScreenShare(this.room, (event) => this.#send(event));
    this.unsent = new UnsentNotices(this.room, () => performance.now());
    this.#addListeners();
  }

  async connect({ url, token }: Ticket): Promise<void> {
    clearMarks("socket", "connected", "first-frame");
    try {
      await this.room.connect(url, token, { maxRetries: 0, websocketTimeout: CONNECT_TIMEOUT_MS, peerConnectionTimeout: CONNECT_TIMEOUT_MS });
    } catch (error) {
      clearInterval(this.#statsTimer);
      return this.#send({ type: "connect-failed", failure: connectFailureOf(error, this.#tried) });
    }
    clearInterval(this.#statsTimer);
    // Closed while it connected: it must not live on beside the next one.
    if (this.#closed) return void (await this.room.disconnect(false).catch(() => undefined));
    mark("connected");
    this.#statsTimer = setInterval(() => void this.#readStats(), STATS_INTERVAL_MS);
    this.#send({ type: "connected" });
    this.#showParticipants();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#statsTimer);
    this.published.close();
    this.screenShare.close();
    this.#options.audioElements.replaceChildren();
    await this.room.disconnect(false).catch(() => undefined);
  }

  /** Publishes the captured track, replaces it, or mutes and unmutes it. Before the room is joined there is nothing to do. */
  publish(kind: DeviceKind): void {
    if (this.#signalled) void this.published.publish(kind);
  }

  /** Events of a connection that was closed are about the past. */
  #send(event: CallEvent): void {
    if (!this.#closed) this.#options.send(event);
  }

  #addListeners(): void {
    const { room } = this;
    for (const event of [
      RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackPublished, RoomEvent.TrackUnpublished,
      RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted,
      RoomEvent.ActiveSpeakersChanged, RoomEvent.ParticipantNameChanged, RoomEvent.ConnectionQualityChanged,
      RoomEvent.TrackStreamStateChanged,
    ] as const) room.on(event, () => this.#showParticipants());
    // Not earlier: the library stops a track that waited 15 s for a connection, and the track is the camera of the page.
    // Not later: published now, the tracks are in the first offer.
    room.on(RoomEvent.SignalConnected, () => {
      if (this.#closed) return;
      mark("socket");
      this.#signalled = true;
      this.#tried = [];
      this.#statsTimer = setInterval(() => void this.#readPaths(), STATS_INTERVAL_MS);
      this.publish("microphone");
      this.publish("camera");
    });
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (!this.#closed && track.kind === Track.Kind.Audio) this.#options.audioElements.append(track.attach());
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) track.detach().forEach((element) => element.remove());
    });
    // The library repairs the connection itself, without a word to the page if only signalling is lost: publishing again
    // would discard what it is about to resume.
    room.on(RoomEvent.SignalReconnecting, () => (this.#signalLost = true));
    room.on(RoomEvent.Reconnecting, () => this.#resume(true));
    room.on(RoomEvent.Reconnected, () => this.#resume(false));
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => this.#send({ type: "audio-blocked", blocked: !room.canPlaybackAudio }));
    room.on(RoomEvent.Disconnected, (reason) => this.#send({ type: "disconnected", cause: disconnectCause(reason) }));
  }

  /** While connecting: a connection that has failed does not say any more what it tried. */
  async #readPaths(): Promise<void> {
    const report = await this.room.engine?.pcManager?.publisher.getStats()?.catch(() => undefined);
    const tried = report ? protocolsTried(report.values() as Iterable<Record<string, unknown>>) : [];
    if (tried.length > 0) this.#tried = tried;
  }

  #resume(resuming: boolean): void {
    this.#resuming = resuming;
    this.#signalLost = resuming;
    this.#totals = [];
    this.#fromServer = undefined;
    this.#linkSilent = false;
    this.#arrivals = NO_ARRIVALS;
    this.#send({ type: resuming ? "reconnecting" : "reconnected" });
  }

  #showParticipants(): void {
    const now = performance.now();
    const remoteParticipants = remoteParticipantsOf(this.room).map(
      (person): RemoteParticipant => ({ ...person, ...arrivalOf(this.#arrivals, person.id, now), unsent: this.unsent.of(person.id) }),
    );
    const shown = JSON.stringify(remoteParticipants);
    if (shown === this.#shownParticipants) return;
    this.#shownParticipants = shown;
    this.#send({ type: "remote-participants", remoteParticipants });
  }

  async #readStats(): Promise<void> {
    if (this.#resuming) return this.#options.stats(undefined);
    const stats = await readRoomStats(this.room, this.#options.capture, this.published);
    if (this.#closed || this.#resuming) return;
    const now = performance.now();
    this.#followLink(stats, now);
    this.#options.stats(this.#signalLost || this.#linkSilent ? undefined : stats);
    this.#arrivals = followArrivals(this.#arrivals, stats.remote, now);
    this.unsent.repeat();
    this.#showParticipants();
    this.#rate(stats.totals);
  }

  #followLink({ fromServer, sent }: RoomStats, now: number): void {
    this.#fromServer = follow(this.#fromServer, fromServer, now);
    const sending = Object.values(sent).some((track) => track.packets !== undefined && !track.paused);
    const silent = stalledMs(this.#fromServer) >= (sending ? SILENT_MS.sending : SILENT_MS.listening);
    if (silent === this.#linkSilent) return;
    this.#linkSilent = silent;
    this.#send({ type: "link", silent });
  }

  #rate(totals: StatsTotals): void {
    this.#totals = [...this.#totals, totals].slice(-1 - QUALITY_READINGS);
    const [before] = this.#totals;
    if (before && this.#totals.length > QUALITY_READINGS) this.#send({ type: "connection-quality", quality: rateConnection(before, totals) });
  }
}
