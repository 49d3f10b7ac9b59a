// How stories wait: `eventually` polls for what no locator can wait for; `withinTwoSeconds` and `withinMs` limit how long a step takes.
import assert from "node:assert/strict";

/** Milliseconds between two polls. The condition alone ends the waiting, so this is no sleep. */
const PAUSE = 50;

/**
 * What `poll` returns as soon as that is truthy; fails with the last value after the limit.
 *
 * @template T
 * @param {string} expected as a sentence
 * @param {() => Promise<T> | T} poll
 * @param {{ within?: number }} [limits] in milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function eventually(expected, poll, { within = 15_000 } = {}) {
  const deadline = performance.now() + within;
  for (;;) {
    const value = await poll();
    if (value) return value;
    if (performance.now() > deadline) {
      throw new Error(`not within ${within} ms: ${expected}; last value: ${JSON.stringify(value)}`);
    }
    await new Promise((resume) => setTimeout(resume, PAUSE));
  }
}

/** Milliseconds of CPU time that show how busy the machine is. */
const SAMPLE = 100;

/**
 * Users who wait longer than two seconds think that it failed, and tap again: this finds forgotten timeouts.
 *
 * @param {string} expected as a sentence
 * @param {() => Promise<unknown>} step
 */
export function withinTwoSeconds(expected, step) {
  return withinMs(2_000, expected, step);
}

/**
 * Runs this and fails when it takes longer. When other processes use the CPU, the limit grows by the same factor as the
 * time a computation takes.
 *
 * @param {number} allowed milliseconds
 * @param {string} expected as a sentence
 * @param {() => Promise<unknown>} step
 */
export async function withinMs(allowed, expected, step) {
  const before = slowdown();
  const begun = performance.now();
  await step();
  const took = Math.round(performance.now() - begun);
  const limit = Math.round(allowed * Math.max(before, slowdown()));
  assert.ok(took < limit, `${took} ms until ${expected}; the limit on this machine is now ${limit} ms`);
}

/** Elapsed time over CPU time of a computation: 1 when no other process uses the CPU. */
function slowdown() {
  const [begun, used] = [performance.now(), process.cpuUsage()];
  let worked = 0;
  while (worked < SAMPLE) {
    const { user, system } = process.cpuUsage(used);
    worked = (user + system) / 1_000;
  }
  return Math.max(1, (performance.now() - begun) / worked);
}
