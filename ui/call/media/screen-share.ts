// The own screen as published in one room.

import { LocalVideoTrack, Track, type LocalTrack, type Room } from "livekit-client";
import type { CallEvent } from "../state.ts";

export class ScreenShare {
  readonly #room: Room;
  readonly #send: (event: CallEvent) => void;
  #screen: LocalTrack | undefined;
  #closed = false;

  constructor(room: Room, send: (event: CallEvent) => void) {
    this.#room = room;
    this.#send = send;
  }

  close(): void {
    this.#closed = true;
    this.#screen?.mediaStreamTrack.stop();
    this.#screen = undefined;
  }

  async set(on: boolean): Promise<void> {
    if (on) return this.#start();
    const screen = this.#screen;
    this.#screen = undefined;
    screen?.mediaStreamTrack.stop();
    if (screen) await this.#room.localParticipant.unpublishTrack(screen).catch(() => undefined);
  }

  async #start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15 } }, audio: false });
      const track = stream.getVideoTracks()[0];
      if (!track || this.#closed) return stream.getTracks().forEach((each) => each.stop());
      track.contentHint = "detail";
      track.addEventListener("ended", () => this.#send({ type: "screen-share", state: "off" }));
      this.#screen = new LocalVideoTrack(track, undefined, true) as LocalTrack;
      await this.#room.localParticipant.publishTrack(this.#screen, { source: Track.Source.ScreenShare, simulcast: false });
      this.#send({ type: "screen-share", state: "on" });
    } catch {
      this.#send({ type: "screen-share", state: "off" }); // usually: the person cancelled the browser's screen picker
    }
  }
}
