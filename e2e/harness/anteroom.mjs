// Starts the real program. The stories know no more of it than it prints.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { startProcess } from "./process.mjs";

/** @typedef {import("./process.mjs").Process} Process */

const PROGRAM = process.env.ANTEROOM_PROGRAM ?? resolve(import.meta.dirname, "../../target/debug/anteroom");

/**
 * The line `anteroom demo --json` prints; docs/demo.md describes each field.
 *
 * @typedef {object} Demo
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
 * The program with these arguments.
 *
 * @param {string[]} args
 * @param {{ log: string, data?: string }} files where stderr goes; a data directory to keep instead of a temporary one
 * @returns {Promise<Process>}
 */
export async function startAnteroom(args, { log, data }) {
  const directory = data ?? (await mkdtemp(join(tmpdir(), "anteroom-story-")));
  const program = startProcess(PROGRAM, [...args, "--data", directory], { reads: "stdout", log });
  return {
    ...program,
    stop: async (signal) => {
      try {
        await program.stop(signal);
      } finally {
        if (data === undefined) await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/**
 * The demo: one practice with one appointment.
 *
 * @param {{ log: string, data?: string, listen?: string }} options
 * @returns {Promise<{ program: Process, demo: Demo }>}
 */
export async function startDemo({ listen = "127.0.0.1:0", ...files }) {
  const program = await startAnteroom(["demo", "--json", "--listen", listen, "--clock-control"], files);
  try {
    return { program, demo: JSON.parse(await program.prints((line) => line.startsWith("{"))) };
  } catch (error) {
    await program.stop();
    throw error;
  }
}
