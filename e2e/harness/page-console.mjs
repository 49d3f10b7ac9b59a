// Collects what goes wrong in a page without an assertion of the story.

/**
 * Uncaught exceptions and console messages of these levels, one line each, from now on.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} name of the page
 * @param {{ levels: string[], isExpected?: (text: string) => boolean }} which
 * @returns {string[]} grows while the page lives
 */
export function collectConsole(page, name, { levels, isExpected = () => false }) {
  /** @type {string[]} */
  const lines = [];
  page.on("pageerror", (error) => lines.push(`${name}: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (!levels.includes(message.type()) || isExpected(message.text())) return;
    lines.push(`${name}: ${message.text()} (${message.location().url})`);
  });
  return lines;
}
