// How stories wait. `eventually` asks again until it is so, for what no locator can wait for; `atOnce` is for what must
// not take longer than people believe in.
import assert from "node:assert/strict";

/** Between two questions. Not a wait for anything to happen: the answer alone ends it. */
const PAUSE = 50;

/**
 * What `ask` answers as soon as it answers something true; fails with the last answer when it never does.
 *
 * @template T
 * @param {string} wanted what should become so, as a sentence
 * @param {() => Promise<T> | T} ask
 * @param {{ within?: number }} [limits] in milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function eventually(wanted, ask, { within = 15_000 } = {}) {
  const deadline = performance.now() + within;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) {
      throw new Error(`within ${within} ms it never came about that ${wanted}; last answer: ${JSON.stringify(answer)}`);
    }
    await new Promise((resume) => setTimeout(resume, PAUSE));
  }
}

/** Who waits longer than this believes that something broke, and taps again. */
const AT_ONCE = 2_000;
/** Work enough, in milliseconds of a processor, to feel whether others work on it too. */
const FEELER = 100;

/**
 * Does this, and fails when it took longer than people believe in: a forgotten timeout somewhere is found here. On a
 * machine that is busy with other things as well, people wait for those too, and the limit grows by as much.
 *
 * @param {string} wanted what should become so, as a sentence
 * @param {() => Promise<unknown>} deed
 */
export async function atOnce(wanted, deed) {
  const before = slowness();
  const begun = performance.now();
  await deed();
  const took = Math.round(performance.now() - begun);
  const limit = Math.round(AT_ONCE * Math.max(before, slowness()));
  assert.ok(took < limit, `it took ${took} ms until ${wanted}; ${limit} ms is the limit on this machine just now`);
}

/** How much longer than by itself this process takes for its work at the moment: 1 on a machine that is ours alone. */
function slowness() {
  const [begun, used] = [performance.now(), process.cpuUsage()];
  let worked = 0;
  while (worked < FEELER) {
    const { user, system } = process.cpuUsage(used);
    worked = (user + system) / 1_000;
  }
  return Math.max(1, (performance.now() - begun) / worked);
}
