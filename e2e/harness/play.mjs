// How every story runs, whatever it opened.

/**
 * Plays, and closes what the story opened, also when the test's time is over. A failure says what the pages logged.
 *
 * @param {{ consoleErrors: string[], takeScreenshots?: () => Promise<void>, close: () => Promise<void> }} stage
 * @param {AbortSignal} timeout of the test
 * @param {() => Promise<void>} play
 */
export async function playAndClose(stage, timeout, play) {
  const late = new Promise((_, reject) => timeout.addEventListener("abort", () => reject(timeout.reason), { once: true }));
  try {
    await Promise.race([play(), late]);
  } catch (error) {
    if (error instanceof Error && stage.consoleErrors.length > 0) {
      error.message += `\n  the pages logged:\n    ${stage.consoleErrors.join("\n    ")}`;
    }
    await stage.takeScreenshots?.();
    throw error;
  } finally {
    await stage.close();
  }
}
