// The one way a story waits for something no locator can wait for: ask, and ask again, until it is so.

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
