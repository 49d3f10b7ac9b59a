// Captures the local camera and microphone (getUserMedia), for the preview and during the call. Reconciles towards the
// latest targets one step at a time, so that quick taps never leave two cameras open or a camera light on.

import type { DeviceTarget, CaptureTargets } from "../effects.ts";
import type { CallEvent, DeviceOption, DeviceKind } from "../state.ts";
import { preflightProblem, deviceProblemOf } from "./device-errors.ts";

interface CapturedTrack {
  track: MediaStreamTrack;
  id: string | undefined;
  target: DeviceTarget;
}

const TRACK_KINDS = { camera: "video", microphone: "audio" } as const;

export class Capture {
  #targets: CaptureTargets | undefined;
  #captured: { camera?: CapturedTrack | undefined; microphone?: CapturedTrack | undefined } = {};
  #failed: { camera?: string | undefined; microphone?: string | undefined } = {};
  #reconciling = false;
  readonly #send: (event: CallEvent) => void;
  readonly #trackChanged: (kind: DeviceKind) => void;

  /** `trackChanged` is called whenever a track is added, removed, muted or unmuted. */
  constructor(send: (event: CallEvent) => void, trackChanged: (kind: DeviceKind) => void) {
    this.#send = send;
    this.#trackChanged = trackChanged;
    navigator.mediaDevices?.addEventListener?.("devicechange", () => void this.#listDevices());
  }

  track(kind: DeviceKind): MediaStreamTrack | undefined {
    return this.#captured[kind]?.track;
  }

  isEnabled(kind: DeviceKind): boolean {
    return this.track(kind)?.readyState === "live" && (this.#targets?.[kind].enabled ?? false);
  }

  setTargets(targets: CaptureTargets): void {
    this.#targets = targets;
    if (!this.#reconciling) void this.#reconcile();
  }

  /** A phone call, the lock screen or another app may have ended or muted our tracks without an event. */
  checkTracks(): void {
    for (const kind of ["camera", "microphone"] as const) {
      const track = this.track(kind);
      if (track && (track.readyState === "ended" || track.muted)) this.#lose(kind);
    }
  }

  async #reconcile(): Promise<void> {
    this.#reconciling = true;
    // One microtask later, so that camera and microphone wanted by the same tap are requested in one permission prompt.
    await Promise.resolve();
    for (;;) {
      const targets = this.#targets;
      if (!targets) break;
      for (const kind of ["camera", "microphone"] as const) this.#releaseOrMute(kind, targets[kind]);
      const missing = (["camera", "microphone"] as const).filter((kind) => this.#isMissing(kind, targets[kind]));
      if (missing.length === 0) break;
      await this.#acquire(missing, targets);
    }
    this.#reconciling = false;
  }

  #releaseOrMute(kind: DeviceKind, target: DeviceTarget): void {
    const current = this.#captured[kind];
    if (!current) return;
    if (!target.captured || !matches(current, target)) {
      this.#captured[kind] = undefined;
      current.track.stop();
      this.#trackChanged(kind);
    } else if (current.track.enabled !== target.enabled) {
      current.track.enabled = target.enabled;
      this.#trackChanged(kind);
    }
  }

  #isMissing(kind: DeviceKind, target: DeviceTarget): boolean {
    return target.captured && !this.#captured[kind] && this.#failed[kind] !== requestKey(target);
  }

  async #acquire(missing: readonly DeviceKind[], targets: CaptureTargets): Promise<void> {
    const problem = preflightProblem({
      secure: globalThis.isSecureContext,
      supported: navigator.mediaDevices?.getUserMedia !== undefined,
    });
    for (const kind of missing) {
      if (problem) this.#fail(kind, targets[kind], problem);
      else this.#send({ type: "device-state", kind, state: "asking" });
    }
    if (problem) return;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints(missing, targets));
      for (const track of stream.getTracks()) this.#store(track, targets);
      await this.#listDevices();
    } catch (error) {
      await this.#retryOrFail(missing, targets, error instanceof Error ? error.name : "");
    }
  }

  async #retryOrFail(missing: readonly DeviceKind[], targets: CaptureTargets, name: string): Promise<void> {
    // A refusal of both is final; requesting each alone would only repeat the permission prompt.
    if (missing.length > 1 && deviceProblemOf(name) !== "blocked") {
      for (const kind of missing) await this.#acquire([kind], targets);
      return;
    }
    const chosen = missing.find((kind) => targets[kind].id !== undefined);
    if (chosen && (name === "OverconstrainedError" || name === "NotFoundError")) {
      // The saved device is not connected now: take any other.
      await this.#acquire(missing, { ...targets, [chosen]: { ...targets[chosen], id: undefined } });
      return;
    }
    for (const kind of missing) this.#fail(kind, this.#targets?.[kind] ?? targets[kind], deviceProblemOf(name));
  }

  #store(track: MediaStreamTrack, targets: CaptureTargets): void {
    const kind: DeviceKind = track.kind === "video" ? "camera" : "microphone";
    const target = this.#targets?.[kind] ?? targets[kind];
    const id = track.getSettings().deviceId;
    this.#captured[kind]?.track.stop();
    this.#captured[kind] = { track, id, target: { ...targets[kind], attempts: target.attempts, id } };
    this.#failed[kind] = undefined;
    track.enabled = target.enabled;
    track.addEventListener("ended", () => {
      if (this.track(kind) === track) this.#lose(kind);
    });
    this.#trackChanged(kind);
    this.#send({ type: "device-state", kind, state: "ready", ...(id !== undefined && { id }) });
  }

  /** A device that was unplugged, or taken by another program. For the others it is off until it is captured again. */
  #lose(kind: DeviceKind): void {
    this.#trackChanged(kind);
    this.#send({ type: "device-state", kind, state: "lost" });
  }

  #fail(kind: DeviceKind, target: DeviceTarget, problem: ReturnType<typeof deviceProblemOf>): void {
    this.#failed[kind] = requestKey(target);
    this.#send({ type: "device-state", kind, state: "problem", problem });
  }

  async #listDevices(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    const of = (kind: MediaDeviceKind): DeviceOption[] =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== "")
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.#send({
      type: "device-options",
      options: { camera: of("videoinput"), microphone: of("audioinput"), speaker: of("audiooutput") },
    });
  }
}

/** Identifies a request: one that failed is not repeated until its target changes. */
function requestKey(target: DeviceTarget): string {
  return JSON.stringify([target.id, target.facing, target.attempts]);
}

function matches(current: CapturedTrack, target: DeviceTarget): boolean {
  if (current.track.readyState === "ended" || current.target.attempts !== target.attempts || current.target.facing !== target.facing)
    return false;
  return target.id === undefined || target.id === current.id;
}

function constraints(missing: readonly DeviceKind[], targets: CaptureTargets): MediaStreamConstraints {
  const request: MediaStreamConstraints = {};
  for (const kind of missing) {
    const { id, facing } = targets[kind];
    request[TRACK_KINDS[kind]] =
      kind === "camera"
        ? {
            ...(id ? { deviceId: { exact: id } } : { facingMode: { ideal: facing } }),
            ...videoSize(),
            frameRate: { ideal: 30 },
          }
        : {
            ...(id && { deviceId: { exact: id } }),
            echoCancellation: true,
            noiseSuppression: true,
            autoGainControl: true,
          };
  }
  return request;
}

/** A machine with two cores cannot encode and decode 720p at the same time. */
function videoSize(): MediaTrackConstraints {
  const modest = (navigator.hardwareConcurrency ?? 4) <= 2;
  return modest
    ? { width: { ideal: 640 }, height: { ideal: 360 } }
    : { width: { ideal: 1280 }, height: { ideal: 720 } };
}
