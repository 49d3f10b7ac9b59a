// The person's own camera and microphone, before and during the call. Whatever is wanted last is brought about,
// one step at a time, so that quick taps never leave two cameras open or a light on that nobody asked for.

import type { Want, Wants } from "../effects.ts";
import type { CallEvent, Choice, Which } from "../state.ts";
import { problemBeforehand, problemNamed } from "./device-errors.ts";

interface Held {
  track: MediaStreamTrack;
  id: string | undefined;
  want: Want;
}

const NAMES = { camera: "video", microphone: "audio" } as const;

export class Capture {
  #wants: Wants | undefined;
  #held: { camera?: Held | undefined; microphone?: Held | undefined } = {};
  #failed: { camera?: string | undefined; microphone?: string | undefined } = {};
  #working = false;
  readonly #tell: (event: CallEvent) => void;
  readonly #changed: (which: Which) => void;

  /** `changed` is called whenever a track comes, goes, or is muted. */
  constructor(tell: (event: CallEvent) => void, changed: (which: Which) => void) {
    this.#tell = tell;
    this.#changed = changed;
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.#list());
  }

  track(which: Which): MediaStreamTrack | undefined {
    return this.#held[which]?.track;
  }

  isOn(which: Which): boolean {
    return this.track(which) !== undefined && (this.#wants?.[which].on ?? false);
  }

  want(wants: Wants): void {
    this.#wants = wants;
    if (!this.#working) void this.#work();
  }

  /** A phone call, a lock screen or another app may have ended or silenced our tracks without a word. */
  check(): void {
    for (const which of ["camera", "microphone"] as const) {
      const track = this.track(which);
      if (track && (track.readyState === "ended" || track.muted)) this.#tell({ type: "device", which, state: "lost" });
    }
  }

  async #work(): Promise<void> {
    this.#working = true;
    // One turn later, so that camera and microphone wanted by the same tap are asked for in one question.
    await Promise.resolve();
    for (;;) {
      const wants = this.#wants;
      if (!wants) break;
      for (const which of ["camera", "microphone"] as const) this.#release(which, wants[which]);
      const missing = (["camera", "microphone"] as const).filter((which) => this.#isMissing(which, wants[which]));
      if (missing.length === 0) break;
      await this.#acquire(missing, wants);
    }
    this.#working = false;
  }

  #release(which: Which, want: Want): void {
    const held = this.#held[which];
    if (!held) return;
    if (!want.held || !fits(held, want)) {
      this.#held[which] = undefined;
      held.track.stop();
      this.#changed(which);
    } else if (held.track.enabled !== want.on) {
      held.track.enabled = want.on;
      this.#changed(which);
    }
  }

  #isMissing(which: Which, want: Want): boolean {
    return want.held && !this.#held[which] && this.#failed[which] !== key(want);
  }

  async #acquire(missing: readonly Which[], wants: Wants): Promise<void> {
    const obstacle = problemBeforehand({
      secure: globalThis.isSecureContext,
      supported: navigator.mediaDevices?.getUserMedia !== undefined,
    });
    for (const which of missing) {
      if (obstacle) this.#fail(which, wants[which], obstacle);
      else this.#tell({ type: "device", which, state: "asking" });
    }
    if (obstacle) return;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints(missing, wants));
      for (const track of stream.getTracks()) this.#hold(track, wants);
      await this.#list();
    } catch (error) {
      await this.#afterRefusal(missing, wants, error instanceof Error ? error.name : "");
    }
  }

  async #afterRefusal(missing: readonly Which[], wants: Wants, name: string): Promise<void> {
    // A no to both is a no; asking for each again would only put the same question twice.
    if (missing.length > 1 && problemNamed(name) !== "blocked") {
      for (const which of missing) await this.#acquire([which], wants);
      return;
    }
    const chosen = missing.find((which) => wants[which].id !== undefined);
    if (chosen && (name === "OverconstrainedError" || name === "NotFoundError")) {
      // The device chosen last time is not plugged in today: any other will do.
      await this.#acquire(missing, { ...wants, [chosen]: { ...wants[chosen], id: undefined } });
      return;
    }
    for (const which of missing) this.#fail(which, this.#wants?.[which] ?? wants[which], problemNamed(name));
  }

  #hold(track: MediaStreamTrack, wants: Wants): void {
    const which: Which = track.kind === "video" ? "camera" : "microphone";
    const want = this.#wants?.[which] ?? wants[which];
    const id = track.getSettings().deviceId;
    this.#held[which]?.track.stop();
    this.#held[which] = { track, id, want: { ...wants[which], tries: want.tries, id } };
    this.#failed[which] = undefined;
    track.enabled = want.on;
    track.addEventListener("ended", () => {
      if (this.track(which) === track) this.#tell({ type: "device", which, state: "lost" });
    });
    this.#changed(which);
    this.#tell({ type: "device", which, state: "ready", ...(id !== undefined && { id }) });
  }

  #fail(which: Which, want: Want, problem: ReturnType<typeof problemNamed>): void {
    this.#failed[which] = key(want);
    this.#tell({ type: "device", which, state: "problem", problem });
  }

  async #list(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind): Choice[] =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.#tell({
      type: "choices",
      choices: { camera: of("videoinput"), microphone: of("audioinput"), speaker: of("audiooutput") },
    });
  }
}

/** The same question is not put twice: what failed stays failed until the wish changes. */
function key(want: Want): string {
  return JSON.stringify([want.id, want.facing, want.tries]);
}

function fits(held: Held, want: Want): boolean {
  if (held.track.readyState === "ended" || held.want.tries !== want.tries || held.want.facing !== want.facing)
    return false;
  return want.id === undefined || want.id === held.id;
}

function constraints(missing: readonly Which[], wants: Wants): MediaStreamConstraints {
  const question: MediaStreamConstraints = {};
  for (const which of missing) {
    const { id, facing } = wants[which];
    question[NAMES[which]] =
      which === "camera"
        ? {
            ...(id ? { deviceId: { exact: id } } : { facingMode: { ideal: facing } }),
            ...size(),
            frameRate: { ideal: 30 },
          }
        : {
            ...(id && { deviceId: { exact: id } }),
            echoCancellation: true,
            noiseSuppression: true,
            autoGainControl: true,
          };
  }
  return question;
}

/** A machine with two cores cannot send a large picture and show one as well. */
function size(): MediaTrackConstraints {
  const modest = (navigator.hardwareConcurrency ?? 4) <= 2;
  return modest
    ? { width: { ideal: 640 }, height: { ideal: 360 } }
    : { width: { ideal: 1280 }, height: { ideal: 720 } };
}
