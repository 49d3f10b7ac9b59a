// Our leg to the room: one ticket, one connection. Publishes what capture.ts holds, shows what others send.
// Loaded only when a call is near, because the media library is larger than everything else together.

import {
  DisconnectReason, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, Track, VideoPresets, setLogLevel,
  type LocalTrack, type LocalTrackPublication, type RoomOptions, type TrackPublishOptions,
} from "livekit-client";
import type { Ticket } from "../../protocol/consultation-client.ts";
import type { CallEvent, Trouble, Which } from "../state.ts";
import type { Capture } from "./capture.ts";
import { forget, isMarked, mark } from "./join-timing.ts";
import { NOTHING, add, judge, type Reading } from "./connection-quality.ts";
import { seatsOf, SOURCES, type Source } from "./remote-participants.ts";

const OPTIONS: RoomOptions = {
  adaptiveStream: true,
  dynacast: true,
  // Ours to stop: a camera outlives a broken line, and its light goes out when the person says so.
  stopLocalTrackOnUnpublish: false,
  // The library would also leave when a phone merely freezes the page; element.ts leaves when it is really closed.
  disconnectOnPageLeave: false,
  // Sooner than the library would: a server that was restarted is back within a second, and the first way back it tries
  // ends with being told to come in anew.
  reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => RETRIES_MS[retryCount] ?? null },
  publishDefaults: { videoCodec: "vp8", backupCodec: false, simulcast: true },
};

/** How long to wait before each way back, some minutes in all. */
const RETRIES_MS = [0, 150, 300, 450, 600, 900, 1_500, 2_500, 4_000, ...Array<number>(20).fill(7_000)].map((delay) => delay * (0.8 + 0.4 * Math.random()));
const PATIENCE_MS = 8_000;
const READ_EVERY_MS = 2_500;

setLogLevel("warn");

export class Line {
  room: Room | undefined;
  #reading: Reading | undefined;
  #clock: ReturnType<typeof setInterval> | undefined;
  #screen: LocalTrack | undefined;
  readonly #tell: (event: CallEvent) => void;
  readonly #capture: Capture;
  readonly #sounds: HTMLElement;

  /** `sounds` is where the voices of others are put; it must stay in the page while a call lasts. */
  constructor(tell: (event: CallEvent) => void, capture: Capture, sounds: HTMLElement) {
    this.#tell = tell;
    this.#capture = capture;
    this.#sounds = sounds;
  }

  async connect(ticket: Ticket, speaker: string | undefined): Promise<void> {
    await this.disconnect();
    forget("socket", "connected", "first-frame");
    const room = new Room({ ...OPTIONS, ...(speaker && { audioOutput: { deviceId: speaker } }) });
    this.room = room;
    this.#listen(room);
    // Before the line is up on purpose: the library publishes as soon as the server has answered, not a round trip later.
    this.publish("microphone");
    this.publish("camera");
    await room.connect(ticket.url, ticket.token, { maxRetries: 0, websocketTimeout: PATIENCE_MS, peerConnectionTimeout: PATIENCE_MS });
    if (this.room !== room) return;
    mark("connected");
    this.#clock = setInterval(() => void this.#read(room), READ_EVERY_MS);
    this.#tell({ type: "connected" });
    this.#tell({ type: "seats", seats: seatsOf(room) });
  }

  async disconnect(): Promise<void> {
    const room = this.room;
    this.room = undefined;
    this.#reading = undefined;
    clearInterval(this.#clock);
    this.#screen?.mediaStreamTrack.stop();
    this.#screen = undefined;
    this.#sounds.replaceChildren();
    await room?.disconnect(false).catch(() => undefined);
  }

  /** Sends what capture holds now: a new track, the same one again, or silence. */
  publish(which: Which): void {
    const room = this.room;
    if (room) void this.#publish(room, which).catch(() => undefined); // gone with its line; the next line publishes again
  }

  async #publish(room: Room, which: Which): Promise<void> {
    const source = which === "camera" ? Track.Source.Camera : Track.Source.Microphone;
    const published = room.localParticipant.getTrackPublication(source);
    if (published) return this.#adjust(published, which);
    const track = this.#capture.track(which);
    if (!track || this.#publishing.has(track)) return;
    this.#publishing.add(track);
    const kind = which === "camera" ? LocalVideoTrack : LocalAudioTrack;
    const local = new kind(track, undefined, true) as LocalTrack;
    if (!this.#capture.isOn(which)) await local.mute();
    const publishing = room.localParticipant.publishTrack(local, { source, ...smallerToo(track) });
    const publication = await publishing.finally(() => this.#publishing.delete(track));
    // The person may have muted, or turned the camera, while this was under way.
    if (this.room === room) await this.#adjust(publication, which);
  }

  async #adjust(publication: LocalTrackPublication, which: Which): Promise<void> {
    const track = this.#capture.track(which);
    if (track && publication.track && publication.track.mediaStreamTrack !== track) await publication.track.replaceTrack(track, true);
    if (this.#capture.isOn(which)) await publication.unmute();
    else await publication.mute();
  }

  readonly #publishing = new Set<MediaStreamTrack>();

  async share(on: boolean): Promise<void> {
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
      track.addEventListener("ended", () => this.#tell({ type: "screen", state: "off" }));
      this.#screen = new LocalVideoTrack(track, undefined, true) as LocalTrack;
      await room.localParticipant.publishTrack(this.#screen, { source: Track.Source.ScreenShare, simulcast: false });
      this.#tell({ type: "screen", state: "on" });
    } catch {
      this.#tell({ type: "screen", state: "off" }); // most often: the person closed the browser's own question
    }
  }

  /** Puts somebody's picture into a video element, and keeps it there through mutes and new tracks. */
  show(video: HTMLVideoElement, id: string, source: Source): void {
    const track = this.room?.remoteParticipants.get(id)?.getTrackPublication(SOURCES[source])?.track;
    const shown = this.#shown.get(video);
    if (shown === track) return;
    shown?.detach(video);
    if (!track) return void this.#shown.delete(video);
    this.#shown.set(video, track);
    track.attach(video);
    if (!isMarked("first-frame")) video.requestVideoFrameCallback?.(() => isMarked("first-frame") || mark("first-frame"));
  }

  readonly #shown = new WeakMap<HTMLVideoElement, Track>();

  async speaker(id: string): Promise<void> {
    await this.room?.switchActiveDevice("audiooutput", id).catch(() => undefined);
  }

  /** Only inside a tap: the browser lets voices through that it had held back. */
  async enableSound(): Promise<void> {
    await this.room?.startAudio().catch(() => undefined);
  }

  #listen(room: Room): void {
    const mine = (deed: () => void) => (): void => {
      if (this.room === room) deed();
    };
    const seats = mine(() => this.#tell({ type: "seats", seats: seatsOf(room) }));
    for (const event of [
      RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackPublished, RoomEvent.TrackUnpublished,
      RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted,
      RoomEvent.ActiveSpeakersChanged, RoomEvent.ParticipantNameChanged,
    ] as const) room.on(event, seats);
    room.on(RoomEvent.SignalConnected, mine(() => mark("socket")));
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (this.room === room && track.kind === Track.Kind.Audio) this.#sounds.append(track.attach());
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) track.detach().forEach((element) => element.remove());
    });
    room.on(RoomEvent.Reconnecting, mine(() => this.#tell({ type: "reconnecting" })));
    room.on(RoomEvent.Reconnected, mine(() => this.#tell({ type: "reconnected" })));
    room.on(RoomEvent.AudioPlaybackStatusChanged, mine(() => this.#tell({ type: "sound", blocked: !room.canPlaybackAudio })));
    room.on(RoomEvent.Disconnected, (reason) => {
      if (this.room === room) this.#tell({ type: "disconnected", why: whyOf(reason) });
    });
  }

  async #read(room: Room): Promise<void> {
    const others = [...room.remoteParticipants.values()].flatMap((person) => [...person.trackPublications.values()]);
    const own = [...room.localParticipant.trackPublications.values()];
    let reading: Reading = { ...NOTHING, expecting: others.some((sent) => sent.track && !sent.isMuted) };
    for (const { track } of [...others, ...own]) {
      const report = await track?.getRTCStatsReport().catch(() => undefined);
      if (report) reading = add(reading, report.values() as Iterable<Record<string, unknown>>);
    }
    if (this.room !== room) return;
    if (this.#reading) this.#tell({ type: "quality", quality: judge(this.#reading, reading) });
    this.#reading = reading;
  }
}

/** Between two people one smaller picture beside the full one is enough; the library would send three. */
function smallerToo(track: MediaStreamTrack): TrackPublishOptions {
  if (track.kind !== "video") return {};
  const large = (track.getSettings().width ?? 0) > VideoPresets.h360.width;
  return { videoSimulcastLayers: [large ? VideoPresets.h360 : VideoPresets.h180] };
}

function whyOf(reason: DisconnectReason | undefined): "replaced" | "put-out" | "lost" {
  switch (reason) {
    case DisconnectReason.DUPLICATE_IDENTITY: return "replaced";
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED: return "put-out";
    default: return "lost";
  }
}

/** The media door says `code: sentence` with its 403; everything else is a line that did not come up. */
export function troubleAtTheDoor(error: unknown): Trouble {
  const said = error as { status?: unknown; message?: unknown };
  const named = /\b([a-z]+(?:_[a-z]+)*): ([^:]*)$/.exec(String(said?.message ?? ""));
  if (said?.status === 403 && named?.[1]) return { kind: "refused", code: named[1], message: named[2] ?? "" };
  return { kind: "unreachable" };
}
