// What every view is: an element, and a way to draw a call on it. Views draw what the call says and send what the person did.

import type { AudioLevel } from "../media/audio-level.ts";
import type { VideoSource } from "../media/remote-participants.ts";
import type { Call, CallEvent } from "../state.ts";

export interface View {
  readonly node: HTMLElement;
  /** `now` is the server's clock in milliseconds; drawn at every change and once a second. */
  render(call: Call, now: number): void;
  /** The view leaves the page for good. */
  dispose?(): void;
}

/** What a view may use of the world. */
export interface ViewContext {
  send(event: CallEvent): void;
  audioLevel: AudioLevel;
  localTrack(kind: "camera" | "microphone"): MediaStreamTrack | undefined;
  attachVideo(video: HTMLVideoElement, id: string, source: VideoSource): void;
  /** Inside a tap. */
  startAudio(): void;
  playTestSound(): void;
  /** Whether a chime would be heard. */
  isChimeReady(): Promise<boolean>;
  /** Asks the person for leave to notify them; resolves to whether they gave it. */
  requestNotificationPermission(): Promise<boolean>;
  notificationsGranted(): boolean;
  readonly inAppBrowser: boolean;
  /** Where a host goes when it is over; none for a guest. */
  readonly home: string | undefined;
}
