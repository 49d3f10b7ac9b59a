// Camera and microphone as published in one room: publishes the tracks of capture.ts, replaces, mutes and unmutes them.
// It ends with its room. What another room published, or failed to publish, must not matter here.

import { LocalAudioTrack, LocalVideoTrack, Track, VideoPresets, type LocalTrack, type LocalTrackPublication, type Room, type TrackPublishOptions } from "livekit-client";
import type { DeviceKind } from "../state.ts";
import type { Capture } from "./capture.ts";

const SOURCES = { camera: Track.Source.Camera, microphone: Track.Source.Microphone } as const;

export class PublishedTracks {
  readonly #room: Room;
  readonly #capture: Capture;
  readonly #publishing = new Set<MediaStreamTrack>();
  /** What is being published again. */
  readonly #republishing = new Set<DeviceKind>();
  /** Counts the publications of each kind: one that was overtaken is taken back. */
  readonly #attempts: Record<DeviceKind, number> = { camera: 0, microphone: 0 };
  #closed = false;

  constructor(room: Room, capture: Capture) {
    this.#room = room;
    this.#capture = capture;
  }

  close(): void {
    this.#closed = true;
  }

  publication(kind: DeviceKind): LocalTrackPublication | undefined {
    return this.#room.localParticipant.getTrackPublication(SOURCES[kind]);
  }

  /** Publishes the captured track, replaces it, or mutes and unmutes it. The watchdog sees when this fails. */
  async publish(kind: DeviceKind): Promise<void> {
    await this.#publish(kind).catch(() => undefined);
  }

  /** Publishes from the beginning, whatever has become of the publication so far. */
  async republish(kind: DeviceKind): Promise<void> {
    if (this.#republishing.has(kind)) return;
    this.#republishing.add(kind);
    this.#attempts[kind] += 1;
    const track = this.#capture.track(kind);
    if (track) this.#publishing.delete(track);
    const published = this.publication(kind)?.track;
    if (published) await this.#room.localParticipant.unpublishTrack(published, false).catch(() => undefined);
    this.#republishing.delete(kind);
    await this.publish(kind);
  }

  async #publish(kind: DeviceKind): Promise<void> {
    if (this.#closed || this.#republishing.has(kind)) return; // republish() publishes what is captured then
    const published = this.publication(kind);
    if (published) return this.#adjust(published, kind);
    const track = this.#capture.track(kind);
    if (!track || this.#publishing.has(track)) return;
    this.#publishing.add(track);
    const attempt = this.#attempts[kind];
    const trackClass = kind === "camera" ? LocalVideoTrack : LocalAudioTrack;
    const local = new trackClass(track, undefined, true) as LocalTrack;
    if (!this.#capture.isEnabled(kind)) await local.mute();
    const publishing = this.#room.localParticipant.publishTrack(local, { source: SOURCES[kind], ...simulcastLayers(track) });
    const publication = await publishing.finally(() => attempt === this.#attempts[kind] && this.#publishing.delete(track));
    if (attempt !== this.#attempts[kind]) return void (await this.#room.localParticipant.unpublishTrack(local, false));
    // The person may have muted, or flipped the camera, while publishing was in progress.
    if (!this.#closed) await this.#adjust(publication, kind);
  }

  async #adjust(publication: LocalTrackPublication, kind: DeviceKind): Promise<void> {
    const track = this.#capture.track(kind);
    if (track && publication.track && publication.track.mediaStreamTrack !== track) await publication.track.replaceTrack(track, true);
    if (this.#capture.isEnabled(kind)) await publication.unmute();
    else await publication.mute();
  }
}

/** Simulcast: one lower layer beside the full one is enough between two people; the library's default is three layers. */
function simulcastLayers(track: MediaStreamTrack): TrackPublishOptions {
  if (track.kind !== "video") return {};
  const large = (track.getSettings().width ?? 0) > VideoPresets.h360.width;
  return { videoSimulcastLayers: [large ? VideoPresets.h360 : VideoPresets.h180] };
}
