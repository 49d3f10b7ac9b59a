// Starts a server program, waits for lines that it prints, and ends it.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";

/** Milliseconds. A start is slow only on the first run of a cold machine. */
const START = 30_000;
/** Milliseconds. A server that is asked to end must not wait for its clients. */
const END = 10_000;

/**
 * @typedef {object} Process
 * @property {(matches: (line: string) => boolean) => Promise<string>} prints the first line for which this holds
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop sends the signal, and fails when the program does not end
 */

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ reads: "stdout" | "stderr", log?: string }} output the stream to read; the file that gets stderr otherwise
 * @returns {Process}
 */
export function startProcess(program, args, { reads, log }) {
  const child = spawn(program, args, { stdio: ["ignore", reads === "stdout" ? "pipe" : "ignore", "pipe"] });
  const stream = /** @type {import("node:stream").Readable} */ (child[reads]);
  if (log) child.stderr?.pipe(createWriteStream(log));
  if (process.env.ANTEROOM_LOUD) child.stderr?.pipe(process.stderr);
  /** @type {string[]} */
  const lines = [];
  /** @type {Set<() => void>} */
  const listeners = new Set();
  createInterface({ input: stream }).on("line", (line) => {
    lines.push(line);
    for (const listener of listeners) listener();
  });
  const output = () => (log ? `see ${log}` : `it printed:\n${lines.slice(-50).join("\n")}`);
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => resolve(`${program} does not start: ${error.message}`));
    child.once("close", (code, signal) => resolve(`${program} ended by itself (${code ?? signal}); ${output()}`));
  });

  return {
    prints: (matches) => {
      const line = new Promise((/** @type {(line: string) => void} */ resolve) => {
        const search = () => {
          const match = lines.find(matches);
          if (match === undefined) return;
          listeners.delete(search);
          resolve(match);
        };
        listeners.add(search);
        search();
      });
      const early = ended.then((reason) => Promise.reject(new Error(reason)));
      return within(START, Promise.race([line, early]), () => `${program} did not print the expected line; ${output()}`);
    },
    stop: async (signal = "SIGTERM") => {
      try {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill(signal);
        await within(END, ended, () => `${program} did not end ${END} ms after ${signal}`);
      } finally {
        child.kill("SIGKILL");
        await ended;
      }
    },
  };
}

/**
 * @template T
 * @param {number} limit in milliseconds
 * @param {Promise<T>} promise
 * @param {() => string} message of the error when the limit is exceeded
 * @returns {Promise<T>}
 */
async function within(limit, promise, message) {
  /** @type {AbortSignal} */
  const deadline = AbortSignal.timeout(limit);
  const late = new Promise((_, reject) => deadline.addEventListener("abort", () => reject(new Error(message())), { once: true }));
  return /** @type {Promise<T>} */ (Promise.race([promise, late]));
}
