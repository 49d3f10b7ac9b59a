// Computes the phases of one join from its marks, and prints many joins as a table.

/** @typedef {Record<string, number>} Phases in milliseconds, in the order they happen */

/** Each phase with the mark that ends it; it begins at the end of the phase before. */
const STEPS = /** @type {const} */ ([
  ["ticket", "anteroom:ticket"],
  ["socket", "anteroom:socket"],
  ["ICE", "transport:ice"],
  ["DTLS", "transport:dtls"],
  ["first frame", "anteroom:first-frame"],
]);

/**
 * @param {Record<string, number>} marks
 * @returns {Phases}
 */
export function phasesOf(marks) {
  /** @type {Phases} */
  const phases = {};
  let before = at(marks, "anteroom:tap");
  for (const [phase, mark] of STEPS) {
    phases[phase] = at(marks, mark) - before;
    before = at(marks, mark);
  }
  phases.total = before - at(marks, "anteroom:tap");
  return phases;
}

/**
 * @param {Record<string, number>} marks
 * @param {string} name
 */
function at(marks, name) {
  const mark = marks[name];
  if (mark === undefined) throw new Error(`the page did not set the mark ${name}; it set ${Object.keys(marks).join(", ")}`);
  return mark;
}

/** @param {Phases[]} rounds */
export function table(rounds) {
  const names = Object.keys(rounds[0] ?? {});
  const rows = names.map((name) => {
    const sorted = rounds.map((round) => round[name] ?? Number.NaN).sort((a, b) => a - b);
    return [name, ...[percentile(sorted, 50), percentile(sorted, 95), sorted.at(-1) ?? Number.NaN].map((ms) => ms.toFixed(0))];
  });
  const lines = [["phase", "p50", "p95", "worst"], ...rows];
  return lines.map(([name = "", ...numbers]) => name.padEnd(14) + numbers.map((number) => number.padStart(8)).join("")).join("\n");
}

/**
 * The smallest measured value that at least this share of all values does not exceed.
 *
 * @param {number[]} sorted
 * @param {number} share in percent
 */
export function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? Number.NaN;
}
