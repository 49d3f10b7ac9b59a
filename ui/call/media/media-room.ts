// The media room as the page uses it: makes one RoomConnection after the other, and watches that something is sent.
// Loaded on demand: the media library is larger than the rest of the page.

import type { Room, Track } from "livekit-client";
import type { Ticket } from "../../protocol/consultation-client.ts";
import type { CallEvent, DeviceKind } from "../state.ts";
import type { Capture } from "./capture.ts";
import { isMarked, mark } from "./join-timing.ts";
import { TRACK_SOURCES, type VideoSource } from "./remote-participants.ts";
import { RoomConnection } from "./room-connection.ts";
import type { RoomStats } from "./room-stats.ts";
import { NOT_WATCHED, pauseWatch, watchSending } from "./send-watchdog.ts";

export class MediaRoom {
  #connection: RoomConnection | undefined;
  #watch = NOT_WATCHED;
  /** Counts what was asked for: a person who leaves while the last connection closes is not connected afterwards. */
  #turn = 0;
  readonly #attached = new WeakMap<HTMLVideoElement, Track>();
  readonly #send: (event: CallEvent) => void;
  readonly #capture: Capture;
  readonly #audioElements: HTMLElement;

  constructor(send: (event: CallEvent) => void, capture: Capture, audioElements: HTMLElement) {
    this.#send = send;
    this.#capture = capture;
    this.#audioElements = audioElements;
  }

  get room(): Room | undefined {
    return this.#connection?.room;
  }

  async connect(ticket: Ticket, speaker: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    await this.#close();
    if (turn !== this.#turn) return;
    const connection = new RoomConnection({
      capture: this.#capture,
      audioElements: this.#audioElements,
      speaker,
      send: this.#send,
      stats: (stats) => this.#watchSending(connection, stats),
    });
    this.#connection = connection;
    await connection.connect(ticket);
  }

  async disconnect(): Promise<void> {
    this.#turn += 1;
    this.#watch = NOT_WATCHED;
    await this.#close();
  }

  async #close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#watch = pauseWatch(this.#watch);
    await connection?.close();
  }

  publish(kind: DeviceKind): void {
    this.#connection?.publish(kind);
  }

  async shareScreen(on: boolean): Promise<void> {
    if (this.#connection) await this.#connection.screenShare.set(on);
    else if (on) this.#send({ type: "screen-share", state: "off" });
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

  async selectSpeaker(id: string): Promise<void> {
    await this.room?.switchActiveDevice("audiooutput", id).catch(() => undefined);
  }

  /** Call inside a user gesture: starts audio playback that the browser had blocked. */
  async startAudio(): Promise<void> {
    await this.room?.startAudio().catch(() => undefined);
  }

  #watchSending(connection: RoomConnection, stats: RoomStats | undefined): void {
    if (connection !== this.#connection) return;
    if (!stats) return void (this.#watch = pauseWatch(this.#watch));
    const { watch, action } = watchSending(this.#watch, stats.sent, performance.now());
    this.#watch = watch;
    switch (action?.do) {
      case "republish": return action.kinds.forEach((kind) => void connection.published.republish(kind));
      case "reconnect": return this.#send({ type: "reconnect-media" });
      case "report": {
        connection.unsent.report(action.unsent);
        return this.#send({ type: "unsent", unsent: action.unsent });
      }
    }
  }
}
