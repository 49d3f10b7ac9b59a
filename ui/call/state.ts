// The state of a consultation in one browser tab, as one value. `reduce` (reducer.ts) applies events to it, `effects`
// (effects.ts) derives side effects, `stageOf` (stage.ts) derives the screen. Nothing here does I/O.

import type { Standing } from "../protocol/standing.ts";
import type { IncomingMedia } from "./media/arrivals.ts";
import type { Unsent } from "./media/send-watchdog.ts";
import type { Corner } from "./own-corner.ts";
import type { Fit } from "./picture-fit.ts";

export type Stage =
  | "early" | "ready" | "waiting" | "joining" | "live"
  | "left" | "declined" | "ended" | "replaced" | "failed" | "closed";

/** Whether the person has joined in this tab. Only a tap makes it `here`, or a reload of a tab that had joined. */
export type Presence = "outside" | "here" | "left" | "replaced" | "failed";

/** The connection to the media room. `reconnecting`: it was up, and the media library tries to resume it. */
export type Connection = "none" | "joining" | "up" | "reconnecting";

/** A request to the server, in flight. */
export type ServerRequest =
  | "enter" | "depart" | "start" | "end" | "still-there" | `admit ${string}` | `decline ${string}` | `expel ${string}`;

/** Why a request failed. `message` is a sentence for people, written by the server. */
export type RequestFailure =
  | { kind: "refused"; code: string; message: string }
  | { kind: "unreachable" }
  /** Signalling works, media does not get through. `tried`: the protocols of the candidates, without an answer over any. */
  | { kind: "media-blocked"; tried: readonly MediaProtocol[] };

export type MediaProtocol = "UDP" | "TCP";

export type DeviceKind = "camera" | "microphone";

/** Why a device cannot be captured; each has its own advice in messages.ts. */
export type DeviceProblem = "blocked" | "missing" | "busy" | "unsuitable" | "insecure" | "unsupported" | "unknown";

export interface Device {
  /** Switched on by the person. A microphone that is not wanted is muted. */
  wanted: boolean;
  state: "idle" | "asking" | "ready" | "lost" | "problem";
  problem?: DeviceProblem | undefined;
  /** The id of the selected device, or of the one the browser chose. */
  id?: string | undefined;
  facing: "user" | "environment";
  /** Increased to request the device again after a failure or a loss. */
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

/** Another participant of the media room, as plain values. */
export interface RemoteParticipant extends IncomingMedia {
  id: string;
  name: string;
  camera: boolean;
  microphone: boolean;
  screen: boolean;
  screenPaused: boolean;
  speaking: boolean;
  /** As the server measures the connection of this participant. */
  quality: ConnectionQuality;
  /** What they report to have switched on and not to be able to send. */
  unsent?: Unsent | undefined;
}

export type Dialog = "leave" | "end" | "devices" | "expel";

export type ConnectionQuality = "unknown" | "good" | "weak" | "lost";

export interface Call {
  stage: Stage;
  standing: Standing;
  /** Server clock minus device clock, in milliseconds. */
  clockSkewMs: number;
  presence: Presence;
  /** They have tapped here, and the server does not say yet that the seat is in this tab. */
  taking: boolean;
  connection: Connection;
  /** Connected at least once since joining: a lost connection now shows a banner instead of the joining screen. */
  wasConnected: boolean;
  /** Automatic attempts since the last success: sets the retry delay and, at MAX_ATTEMPTS, the `failed` stage. */
  attempts: number;
  retryPending: boolean;
  refreshes: number;
  /** Random, from 0 to 1: when this page asks, of all that wait for the same opening. */
  spread: number;
  requests: readonly ServerRequest[];
  /** The person has tapped a button that uses camera and microphone. */
  devicesRequested: boolean;
  visible: boolean;
  camera: Device;
  microphone: Device;
  deviceOptions: DeviceOptions;
  speaker?: string | undefined;
  screenShare: "off" | "asking" | "on";
  remoteParticipants: readonly RemoteParticipant[];
  /** Another participant was in the room since this person joined. */
  met: boolean;
  connectionQuality: ConnectionQuality;
  /** What is switched on and is not sent, although it was published again and the connection was made again. */
  unsent?: Unsent | undefined;
  /** Nothing arrives from the media server, not even an answer: nothing is sent now either. */
  linkSilent: boolean;
  audioBlocked: boolean;
  /** Status updates arrive: by the event stream, or by polling. */
  statusStreamUp: boolean;
  /** The person has opened more pages than the server sends events to: this one polls. */
  statusSuperseded: boolean;
  /** The server does not answer this page any more: logged out, or the link was revoked. */
  barred?: "login" | "link" | undefined;
  dialog?: Dialog | undefined;
  /** Whom the dialog is about. */
  about?: string | undefined;
  /** Guests who went on in another tab, and the host knows: see `moveOf` in guests.ts. */
  knownMoves: readonly string[];
  notice?: RequestFailure | undefined;
  shortcuts: boolean;
  /** Where the person has moved their own picture. */
  ownCorner?: Corner | undefined;
  /** How the person wants to see the picture of a participant. */
  fits: Readonly<Record<string, Fit>>;
}

export type CallEvent =
  // `asked`: the version that the page had when it asked; on a stream, the version of the event before.
  | { type: "standing"; standing: Standing; at: number; asked: number }
  | { type: "status-stream"; up: boolean }
  | { type: "status-superseded"; superseded: boolean }
  | { type: "status-refused"; code: string }
  | { type: "tick"; at: number }
  | { type: "retry-due" }
  | { type: "visible"; visible: boolean }
  | { type: "resume" }
  // input of the person
  | { type: "use-devices" }
  | { type: "join" }
  | { type: "cancel-join" }
  | { type: "start" }
  | { type: "leave" }
  | { type: "end" }
  | { type: "still-there" }
  | { type: "admit"; participantId: string }
  | { type: "decline"; participantId: string }
  | { type: "toggle-device"; kind: DeviceKind }
  | { type: "select-device"; kind: DeviceKind | "speaker"; id: string }
  | { type: "flip-camera" }
  | { type: "retry-device"; kind: DeviceKind }
  | { type: "continue-without" }
  | { type: "share-screen"; on: boolean }
  | { type: "expel"; participantId: string }
  | { type: "know-move"; move: string }
  | { type: "dialog"; dialog: Dialog | undefined; about?: string }
  | { type: "dismiss-notice" }
  | { type: "shortcuts"; on: boolean }
  | { type: "own-corner"; corner: Corner }
  | { type: "choose-fit"; participantId: string; fit: Fit }
  // results of effects
  | { type: "request-done"; request: ServerRequest }
  | { type: "request-failed"; request: ServerRequest; failure: RequestFailure }
  | { type: "connected" }
  | { type: "connect-failed"; failure: RequestFailure }
  | { type: "reconnecting" }
  | { type: "reconnected" }
  | { type: "disconnected"; cause: "replaced" | "removed" | "lost" }
  | { type: "remote-participants"; remoteParticipants: readonly RemoteParticipant[] }
  | { type: "connection-quality"; quality: ConnectionQuality }
  | { type: "unsent"; unsent: Unsent | undefined }
  | { type: "link"; silent: boolean }
  | { type: "reconnect-media" }
  | { type: "audio-blocked"; blocked: boolean }
  | { type: "device-state"; kind: DeviceKind; state: Device["state"]; problem?: DeviceProblem; id?: string }
  | { type: "device-options"; options: DeviceOptions }
  | { type: "screen-share"; state: Call["screenShare"] };

/** What storage.ts keeps across a reload (tab) and across visits (browser). */
export interface SavedState {
  here: boolean;
  knownMoves?: readonly string[] | undefined;
  fits?: Readonly<Record<string, Fit>> | undefined;
  ownCorner?: Corner | undefined;
  camera: { wanted: boolean; id?: string | undefined };
  microphone: { wanted: boolean; id?: string | undefined };
  speaker?: string | undefined;
  shortcuts: boolean;
}

/**
 * The state of a tab that opens. `saved.here` is true only in a tab that had joined before its reload. `random` is a number
 * from 0 to 1.
 */
export function initialCall(standing: Standing, at: number, saved: SavedState, random: number): Call {
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
    clockSkewMs: Date.parse(standing.now) - at,
    presence: saved.here ? "here" : "outside",
    taking: false,
    connection: "none",
    wasConnected: false,
    attempts: 0,
    retryPending: false,
    refreshes: 0,
    spread: random,
    requests: [],
    devicesRequested: saved.here,
    visible: true,
    camera: device(saved.camera),
    microphone: device(saved.microphone),
    deviceOptions: { camera: [], microphone: [], speaker: [] },
    speaker: saved.speaker,
    screenShare: "off",
    remoteParticipants: [],
    met: false,
    connectionQuality: "unknown",
    linkSilent: false,
    audioBlocked: false,
    statusStreamUp: true,
    statusSuperseded: false,
    knownMoves: saved.knownMoves ?? [],
    shortcuts: saved.shortcuts,
    ownCorner: saved.ownCorner,
    fits: saved.fits ?? {},
  };
}
