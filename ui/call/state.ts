// The whole life of a consultation in one browser tab, as one value. `next` (next.ts) moves it, `effects` (effects.ts)
// says what to do about a move, `stageOf` (stage.ts) says which screen it is. Nothing here touches the world.

import type { Standing } from "../protocol/standing.ts";

export type Stage =
  | "early" | "ready" | "waiting" | "joining" | "live"
  | "left" | "declined" | "ended" | "replaced" | "failed" | "closed";

/** Where the person is, as far as this tab knows. Only a tap makes it `here`, or a reload of a tab that was tapped. */
export type Presence = "outside" | "here" | "left" | "replaced" | "failed";

/** Our leg to the room: `reconnecting` is the media library at work on a leg that was up. */
export type Connection = "none" | "joining" | "up" | "reconnecting";

/** Something asked of the server, under way. */
export type ServerRequest = "enter" | "depart" | "start" | "end" | `admit ${string}` | `decline ${string}`;

/** Why something did not work, in a form the page can put kindly. */
export type RequestFailure = { kind: "refused"; code: string; message: string } | { kind: "unreachable" };

export type DeviceKind = "camera" | "microphone";

/** What keeps a device from us; each has its own words and its own way out (words.ts). */
export type DeviceProblem = "blocked" | "missing" | "busy" | "unsuitable" | "insecure" | "unsupported" | "unknown";

export interface Device {
  /** The person's wish. A microphone that is not wanted is muted. */
  wanted: boolean;
  state: "idle" | "asking" | "ready" | "lost" | "problem";
  problem?: DeviceProblem | undefined;
  /** The device they chose, and the one the browser gave. */
  id?: string | undefined;
  facing: "user" | "environment";
  /** Rises to ask again for what failed or was lost. */
  attempts: number;
}

export interface DeviceOption {
  id: string;
  label: string;
}

export interface DeviceOptions {
  camera: readonly DeviceOption[];
  microphone: readonly DeviceOption[];
  speaker: readonly DeviceOption[];
}

/** One person in the room with us, as the media connection sees them. */
export interface RemoteParticipant {
  id: string;
  name: string;
  camera: boolean;
  microphone: boolean;
  screen: boolean;
  speaking: boolean;
}

export type ConnectionQuality = "unknown" | "good" | "weak" | "lost";

export interface Call {
  stage: Stage;
  standing: Standing;
  /** Server's clock minus this device's, in milliseconds. */
  skew: number;
  presence: Presence;
  connection: Connection;
  /** The room was reached since the person came here: a broken line now shows a banner, not a fresh start. */
  wasConnected: boolean;
  /** Automatic attempts since the last success; decides how long to rest and when to say it does not work. */
  attempts: number;
  retryPending: boolean;
  refreshes: number;
  requests: readonly ServerRequest[];
  /** The person has let us use camera and microphone. */
  devicesRequested: boolean;
  visible: boolean;
  camera: Device;
  microphone: Device;
  deviceOptions: DeviceOptions;
  speaker?: string | undefined;
  screenShare: "off" | "asking" | "on";
  remoteParticipants: readonly RemoteParticipant[];
  connectionQuality: ConnectionQuality;
  audioBlocked: boolean;
  /** Changes of the consultation reach us. */
  statusStreamUp: boolean;
  dialog?: "leave" | "end" | "devices" | undefined;
  notice?: RequestFailure | undefined;
  shortcuts: boolean;
}

export type CallEvent =
  | { type: "standing"; standing: Standing; at: number }
  | { type: "status-stream"; up: boolean }
  | { type: "tick"; at: number }
  | { type: "retry-due" }
  | { type: "visible"; visible: boolean }
  | { type: "resume" }
  // what the person did
  | { type: "use-devices" }
  | { type: "join" }
  | { type: "cancel-join" }
  | { type: "start" }
  | { type: "leave" }
  | { type: "end" }
  | { type: "admit"; who: string }
  | { type: "decline"; who: string }
  | { type: "toggle-device"; kind: DeviceKind }
  | { type: "select-device"; kind: DeviceKind | "speaker"; id: string }
  | { type: "flip-camera" }
  | { type: "retry-device"; kind: DeviceKind }
  | { type: "continue-without" }
  | { type: "share-screen"; on: boolean }
  | { type: "dialog"; dialog: "leave" | "end" | "devices" | undefined }
  | { type: "dismiss-notice" }
  | { type: "shortcuts"; on: boolean }
  // what came of it
  | { type: "request-done"; request: ServerRequest }
  | { type: "request-failed"; request: ServerRequest; failure: RequestFailure }
  | { type: "connected" }
  | { type: "connect-failed"; failure: RequestFailure }
  | { type: "reconnecting" }
  | { type: "reconnected" }
  | { type: "disconnected"; why: "replaced" | "removed" | "lost" }
  | { type: "remote-participants"; remoteParticipants: readonly RemoteParticipant[] }
  | { type: "connection-quality"; quality: ConnectionQuality }
  | { type: "audio-blocked"; blocked: boolean }
  | { type: "device-state"; kind: DeviceKind; state: Device["state"]; problem?: DeviceProblem; id?: string }
  | { type: "device-options"; options: DeviceOptions }
  | { type: "screen-share"; state: Call["screenShare"] };

/** What a tab remembers of itself across a reload, and a browser of its devices. */
export interface SavedState {
  here: boolean;
  camera: { wanted: boolean; id?: string | undefined };
  microphone: { wanted: boolean; id?: string | undefined };
  speaker?: string | undefined;
  shortcuts: boolean;
}

/** A tab as it opens. `memory.here` is true only in a tab that was tapped before its reload. */
export function initialCall(standing: Standing, at: number, memory: SavedState): Call {
  const device = (remembered: { wanted: boolean; id?: string | undefined }): Device => ({
    wanted: remembered.wanted,
    id: remembered.id,
    state: "idle",
    facing: "user",
    attempts: 0,
  });
  return {
    stage: "ready",
    standing,
    skew: Date.parse(standing.now) - at,
    presence: memory.here ? "here" : "outside",
    connection: "none",
    wasConnected: false,
    attempts: 0,
    retryPending: false,
    refreshes: 0,
    requests: [],
    devicesRequested: memory.here,
    visible: true,
    camera: device(memory.camera),
    microphone: device(memory.microphone),
    deviceOptions: { camera: [], microphone: [], speaker: [] },
    speaker: memory.speaker,
    screenShare: "off",
    remoteParticipants: [],
    connectionQuality: "unknown",
    audioBlocked: false,
    statusStreamUp: true,
    shortcuts: memory.shortcuts,
  };
}
