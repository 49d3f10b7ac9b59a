// Starts the real program, as a person would, and ends it again. Nothing in the stories knows more than it prints.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = process.env.ANTEROOM_PROGRAM ?? resolve(import.meta.dirname, "../../target/debug/anteroom");

/** A start is slow only on the first run of a cold machine. */
const START = 30_000;
/** Who asks the program to end must not wait for the people still connected. */
const END = 10_000;

/**
 * The line `anteroom demo --json` prints; docs/demo.md says what each field is.
 *
 * @typedef {object} Facts
 * @property {string} url
 * @property {string} host_link
 * @property {string} guest_link
 * @property {{ email: string, password: string }} admin
 * @property {{ email: string, password: string }} host
 * @property {string} appointment_id
 * @property {string} consultation_id
 * @property {string} room_name
 * @property {{ key: string, secret: string }} api
 * @property {{ url: string, key: string, secret: string }} livekit
 * @property {string} mailbox_url
 */

/**
 * @typedef {object} Program
 * @property {string} data its directory, gone after `stop`
 * @property {(line: (said: string) => boolean) => Promise<string>} said the first line on stdout for which this holds
 * @property {() => Promise<void>} stop asks it to end, and fails when it does not
 */

/**
 * The program with these arguments and a data directory of its own.
 *
 * @param {string[]} args
 * @param {string} log where its stderr goes
 * @returns {Promise<Program>}
 */
export async function start(args, log) {
  const data = await mkdtemp(join(tmpdir(), "anteroom-story-"));
  const child = spawn(PROGRAM, [...args, "--data", data], { stdio: ["ignore", "pipe", "pipe"] });
  child.stderr.pipe(createWriteStream(log));
  /** @type {Promise<string>} */
  const ended = new Promise((tell) => {
    child.once("error", (error) => tell(`${PROGRAM} does not start: ${error.message}`));
    child.once("exit", (code, signal) => tell(`the program ended by itself (${code ?? signal}); see ${log}`));
  });
  /** @type {string[]} */
  const heard = [];
  /** @type {Set<() => void>} */
  const listeners = new Set();
  createInterface({ input: child.stdout }).on("line", (line) => {
    heard.push(line);
    for (const listener of listeners) listener();
  });

  return {
    data,
    said: (wanted) => {
      const line = new Promise((/** @type {(line: string) => void} */ found) => {
        const look = () => {
          const hit = heard.find(wanted);
          if (hit !== undefined) found(hit);
        };
        listeners.add(look);
        look();
      });
      const over = ended.then((why) => Promise.reject(new Error(why)));
      return before(Promise.race([line, over]), START, `the program said nothing of the kind; see ${log}`);
    },
    stop: async () => {
      try {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill("SIGTERM");
          await before(ended, END, "the program was asked to end and did not");
        }
      } finally {
        child.kill("SIGKILL");
        await ended;
        await rm(data, { recursive: true, force: true });
      }
    },
  };
}

/**
 * The demo: one practice, one appointment, on a port of its own.
 *
 * @param {string} log
 * @returns {Promise<{ program: Program, facts: Facts }>}
 */
export async function startDemo(log) {
  const program = await start(["demo", "--json", "--listen", "127.0.0.1:0", "--clock-control"], log);
  try {
    return { program, facts: JSON.parse(await program.said((line) => line.startsWith("{"))) };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} limit in milliseconds
 * @param {string} otherwise
 * @returns {Promise<T>}
 */
async function before(promise, limit, otherwise) {
  /** @type {AbortSignal} */
  const deadline = AbortSignal.timeout(limit);
  const late = new Promise((_, fail) => deadline.addEventListener("abort", () => fail(new Error(otherwise)), { once: true }));
  return /** @type {Promise<T>} */ (Promise.race([promise, late]));
}
