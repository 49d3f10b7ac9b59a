// How a person who looks elsewhere is called: a chime made of two notes, a short buzz, a notification if they allowed it.

const STARTING = [659.25, 987.77]; // E5, B5: rising, the door opens
const GUEST_WAITING = [783.99, 659.25]; // G5, E5: falling, as a doorbell does

export class Chime {
  #context: AudioContext | undefined;

  /** Inside a tap: later chimes may sound without one. */
  unlock(): void {
    if (typeof AudioContext === "undefined") return;
    this.#context ??= new AudioContext();
    void this.#context.resume().catch(() => undefined);
  }

  /** Whether a chime would be heard; a page nobody has touched yet is kept silent by the browser. */
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
