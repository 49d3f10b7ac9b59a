// The chime of the call and of the day page: two synthesised notes, no file to load. A browser allows audio only after a
// user gesture (autoplay policy).

const STARTING = [659.25, 987.77]; // E5, B5: rising
const GUEST_WAITING = [783.99, 659.25]; // G5, E5: falling, like a doorbell

export class Chime {
  #context: AudioContext | undefined;

  /** Unlocks audio on the next touch or key press. */
  unlockOnFirstTouch(): void {
    for (const touch of ["pointerdown", "keydown"] as const) {
      addEventListener(touch, () => this.unlock(), { once: true, passive: true });
    }
  }

  /** Call inside a user gesture: later chimes then play without one. */
  unlock(): void {
    if (typeof AudioContext === "undefined") return;
    this.#context ??= new AudioContext();
    void this.#context.resume().catch(() => undefined);
  }

  /** Whether a chime would be audible. The browser mutes a page without a user gesture. */
  async isReady(): Promise<boolean> {
    this.unlock();
    await new Promise((resolve) => setTimeout(resolve, 60));
    return this.#context?.state === "running";
  }

  playStarting(): void {
    this.#play(STARTING);
    navigator.vibrate?.([180, 90, 180]);
  }

  playGuestWaiting(): void {
    this.#play(GUEST_WAITING);
  }

  #play(notes: readonly number[]): void {
    this.unlock();
    const context = this.#context;
    if (!context || context.state === "closed") return;
    notes.forEach((pitch, n) => {
      const at = context.currentTime + 0.02 + n * 0.18;
      const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.22, at + 0.015);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.9);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + 1);
    });
  }
}
