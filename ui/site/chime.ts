// The chime of the day page: two synthesised notes, no file to load. A browser allows audio only after a user gesture,
// so the first touch or key press unlocks it.

let context: AudioContext | undefined;

function ready(): AudioContext {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume().catch(() => undefined);
  return context;
}

function note(at: AudioContext, pitch: number, after: number): void {
  const [tone, loudness, start] = [at.createOscillator(), at.createGain(), at.currentTime + after];
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(0.25, start + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.001, start + 1.1);
  tone.connect(loudness).connect(at.destination);
  tone.start(start);
  tone.stop(start + 1.2);
}

export const chime = {
  /** Unlocks audio on the next touch or key press. */
  unlockOnFirstTouch(): void {
    for (const touch of ["pointerdown", "keydown"] as const) {
      addEventListener(touch, () => void ready(), { once: true, passive: true });
    }
  },
  play(): void {
    const at = ready();
    note(at, 659.3, 0);
    note(at, 523.3, 0.28);
  },
};
