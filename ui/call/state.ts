// The whole life of a consultation in one browser tab, as one value. `next` (next.ts) moves it, `effects` (effects.ts)
// says what to do about a move, `stageOf` (stage.ts) says which screen it is. Nothing here touches the world.

import type { Standing } from "../protocol/standing.ts";

export type Stage =
  | "early" | "ready" | "waiting" | "joining" | "live"
  | "left" | "declined" | "ended" | "replaced" | "failed" | "closed";

/** Where the person is, as far as this tab knows. Only a tap makes it `here`, or a reload of a tab that was tapped. */
export type Place = "outside" | "here" | "left" | "replaced" | "failed";

/** Our leg to the room: `reconnecting` is the media library at work on a leg that was up. */
export type Connection = "none" | "joining" | "up" | "reconnecting";

/** Something asked of the server, under way. */
export type Errand = "enter" | "depart" | "start" | "end" | `admit ${string}` | `decline ${string}`;

/** Why something did not work, in a form the page can put kindly. */
export type Trouble = { kind: "refused"; code: string; message: string } | { kind: "unreachable" };

export type Which = "camera" | "microphone";

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
  tries: number;
}

export interface Choice {
  id: string;
  label: string;
}

export interface Choices {
  camera: readonly Choice[];
  microphone: readonly Choice[];
  speaker: readonly Choice[];
}

/** One person in the room with us, as the media connection sees them. */
export interface Seat {
  id: string;
  name: string;
  camera: boolean;
  microphone: boolean;
  screen: boolean;
  speaking: boolean;
}

export type Quality = "unknown" | "good" | "weak" | "lost";

export interface Call {
  stage: Stage;
  standing: Standing;
  /** Server's clock minus this device's, in milliseconds. */
  skew: number;
  place: Place;
  connection: Connection;
  /** The room was reached since the person came here: a broken line now shows a banner, not a fresh start. */
  wasUp: boolean;
  /** Automatic attempts since the last success; decides how long to rest and when to say it does not work. */
  tries: number;
  resting: boolean;
  refreshes: number;
  errands: readonly Errand[];
  /** The person has let us use camera and microphone. */
  looking: boolean;
  visible: boolean;
  camera: Device;
  microphone: Device;
  choices: Choices;
  speaker?: string | undefined;
  screen: "off" | "asking" | "on";
  seats: readonly Seat[];
  quality: Quality;
  soundBlocked: boolean;
  /** Changes of the consultation reach us. */
  lineUp: boolean;
  dialog?: "leave" | "end" | "devices" | undefined;
  notice?: Trouble | undefined;
  shortcuts: boolean;
}

export type CallEvent =
  | { type: "standing"; standing: Standing; at: number }
  | { type: "line"; up: boolean }
  | { type: "tick"; at: number }
  | { type: "rested" }
  | { type: "visible"; visible: boolean }
  | { type: "came-back" }
  // what the person did
  | { type: "look" }
  | { type: "come" }
  | { type: "stay-out" }
  | { type: "start" }
  | { type: "leave" }
  | { type: "end" }
  | { type: "admit"; who: string }
  | { type: "decline"; who: string }
  | { type: "toggle"; which: Which }
  | { type: "choose"; which: Which | "speaker"; id: string }
  | { type: "flip" }
  | { type: "retry"; which: Which }
  | { type: "do-without" }
  | { type: "share"; on: boolean }
  | { type: "ask"; dialog: "leave" | "end" | "devices" | undefined }
  | { type: "dismiss" }
  | { type: "shortcuts"; on: boolean }
  // what came of it
  | { type: "errand-done"; errand: Errand }
  | { type: "errand-failed"; errand: Errand; trouble: Trouble }
  | { type: "connected" }
  | { type: "connect-failed"; trouble: Trouble }
  | { type: "reconnecting" }
  | { type: "reconnected" }
  | { type: "disconnected"; why: "replaced" | "put-out" | "lost" }
  | { type: "seats"; seats: readonly Seat[] }
  | { type: "quality"; quality: Quality }
  | { type: "sound"; blocked: boolean }
  | { type: "device"; which: Which; state: Device["state"]; problem?: DeviceProblem; id?: string }
  | { type: "choices"; choices: Choices }
  | { type: "screen"; state: Call["screen"] };

/** What a tab remembers of itself across a reload, and a browser of its devices. */
export interface Memory {
  here: boolean;
  camera: { wanted: boolean; id?: string | undefined };
  microphone: { wanted: boolean; id?: string | undefined };
  speaker?: string | undefined;
  shortcuts: boolean;
}

/** A tab as it opens. `memory.here` is true only in a tab that was tapped before its reload. */
export function start(standing: Standing, at: number, memory: Memory): Call {
  const device = (remembered: { wanted: boolean; id?: string | undefined }): Device => ({
    wanted: remembered.wanted,
    id: remembered.id,
    state: "idle",
    facing: "user",
    tries: 0,
  });
  return {
    stage: "ready",
    standing,
    skew: Date.parse(standing.now) - at,
    place: memory.here ? "here" : "outside",
    connection: "none",
    wasUp: false,
    tries: 0,
    resting: false,
    refreshes: 0,
    errands: [],
    looking: memory.here,
    visible: true,
    camera: device(memory.camera),
    microphone: device(memory.microphone),
    choices: { camera: [], microphone: [], speaker: [] },
    speaker: memory.speaker,
    screen: "off",
    seats: [],
    quality: "unknown",
    soundBlocked: false,
    lineUp: true,
    shortcuts: memory.shortcuts,
  };
}
