// What every view is: an element, and a way to draw a call on it. Views draw what the call says and send what the person did.

import type { Level } from "../media/audio-level.ts";
import type { Source } from "../media/remote-participants.ts";
import type { Call, CallEvent } from "../state.ts";

export interface View {
  readonly node: HTMLElement;
  /** `now` is the server's clock in milliseconds; drawn at every change and once a second. */
  draw(call: Call, now: number): void;
  /** The view leaves the page for good. */
  drop?(): void;
}

/** What a view may use of the world. */
export interface House {
  send(event: CallEvent): void;
  level: Level;
  ownTrack(which: "camera" | "microphone"): MediaStreamTrack | undefined;
  show(video: HTMLVideoElement, id: string, source: Source): void;
  /** Inside a tap. */
  enableSound(): void;
  playTestSound(): void;
  /** Whether a chime would be heard. */
  isBellReady(): Promise<boolean>;
  /** Asks the person for leave to notify them; resolves to whether they gave it. */
  allowNotifications(): Promise<boolean>;
  mayNotify(): boolean;
  readonly insideApp: boolean;
  /** Where a host goes when it is over; none for a guest. */
  readonly home: string | undefined;
}
