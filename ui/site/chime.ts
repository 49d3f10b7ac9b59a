// Two soft notes, made here: no file to load. A browser lets a page sound only after the person has touched it,
// so the first touch anywhere makes it ready.

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
  /** From the next touch on it can be heard. */
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
