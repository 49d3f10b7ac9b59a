// Chance with a seed: a failing run names its seed, and the seed gives the same run again.

export class SeededRandom {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number below `bound`. */
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

/** Runs the promise for many seeds; the seed is in the failure's message. */
export function forAllOrders(check: (random: SeededRandom) => void, runs = 3000): void {
  for (let seed = 1; seed <= runs; seed++) {
    try {
      check(new SeededRandom(seed));
    } catch (cause) {
      throw new Error(`seed ${seed}: ${String(cause)}`, { cause });
    }
  }
}
