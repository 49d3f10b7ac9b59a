// A view is an element and a function that renders a call into it. Views render state and send events.

import type { AudioLevel } from "../media/audio-level.ts";
import type { VideoSource } from "../media/remote-participants.ts";
import type { Call, CallEvent } from "../state.ts";

export interface View {
  readonly node: HTMLElement;
  /** `now` is the server's clock in milliseconds. Called at every change and once a second. */
  render(call: Call, now: number): void;
  /** Called when the view is removed from the page. */
  dispose?(): void;
}

/** What views may use outside the state. */
export interface ViewContext {
  send(event: CallEvent): void;
  audioLevel: AudioLevel;
  localTrack(kind: "camera" | "microphone"): MediaStreamTrack | undefined;
  attachVideo(video: HTMLVideoElement, id: string, source: VideoSource): void;
  /** Call inside a user gesture. */
  startAudio(): void;
  playTestSound(): void;
  /** Whether a chime would be audible. */
  isChimeReady(): Promise<boolean>;
  /** Requests notification permission; resolves to whether it was granted. */
  requestNotificationPermission(): Promise<boolean>;
  notificationsGranted(): boolean;
  readonly inAppBrowser: boolean;
  /** Opens the login page in another tab, so that a call goes on. */
  logIn(): void;
  /** Where a host returns to afterwards; undefined for a guest. */
  readonly homeUrl: string | undefined;
}
