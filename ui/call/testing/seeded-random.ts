// Seeded random numbers: a failing run reports its seed, and the seed reproduces the run.

export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<T>(things: readonly T[]): T {
    return things[this.below(things.length)] as T;
  }
}

/** Runs `check` with many seeds; the error message contains the seed that failed. */
export function forAllOrders(check: (random: SeededRandom) => void, runs = 3000): void {
  for (let seed = 1; seed <= runs; seed++) {
    try {
      check(new SeededRandom(seed));
    } catch (cause) {
      throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
    }
  }
}
