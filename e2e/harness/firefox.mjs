// Debian's Firefox, as it is: driven over its own remote protocol (Marionette), since Playwright drives only a
// Firefox of its own. A page, and what can be asked of it in JavaScript; no more.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually } from "./eventually.mjs";

const PROGRAM = process.env.ANTEROOM_FIREFOX ?? "/usr/bin/firefox-esr";

/** A camera and a microphone that are not there, nobody asked for them, and nothing of the world outside. */
const PREFERENCES = {
  "marionette.port": 0,
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "app.update.enabled": false,
  "network.captive-portal-service.enabled": false,
};

export class Firefox {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #last = 0;
  #held = Buffer.alloc(0);

  /**
   * @param {import("node:child_process").ChildProcess} program
   * @param {import("node:net").Socket} line
   * @param {string} profile
   */
  constructor(program, line, profile) {
    this.program = program;
    this.line = line;
    this.profile = profile;
    line.on("data", (bytes) => this.#hear(bytes));
  }

  static async start() {
    const profile = await mkdtemp(join(tmpdir(), "anteroom-firefox-"));
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
    await writeFile(join(profile, "user.js"), lines.join(""));
    const args = ["--headless", "--marionette", "--no-remote", "--profile", profile];
    const program = spawn(PROGRAM, args, { stdio: "ignore" });
    const port = await eventually("Firefox opens its remote port", async () => {
      const text = await readFile(join(profile, "MarionetteActivePort"), "utf8").catch(() => "");
      return Number(text) || null;
    }, { within: 60_000 });
    const firefox = new Firefox(program, connect(port, "127.0.0.1"), profile);
    await firefox.#ask("WebDriver:NewSession", {});
    await firefox.#ask("WebDriver:SetTimeouts", { script: 60_000, pageLoad: 60_000 });
    return firefox;
  }

  /** @param {string} address */
  async opens(address) {
    await this.#ask("WebDriver:Navigate", { url: address });
  }

  /**
   * What the page answers. The function runs there, so it knows only its arguments.
   *
   * @template A
   * @template T
   * @param {(argument: A) => T | Promise<T>} question
   * @param {A} [argument]
   * @returns {Promise<T>}
   */
  async asks(question, argument) {
    const script = `const [argument, done] = arguments;
      Promise.resolve().then(() => (${question})(argument)).then((is) => done({ is }), (error) => done({ error: String(error) }));`;
    const { value } = await this.#ask("WebDriver:ExecuteAsyncScript", { script, args: [argument ?? null] });
    if (value.error) throw new Error(value.error);
    return value.is;
  }

  /** Presses the first visible button of this name. @param {string} name a pattern */
  async presses(name) {
    await eventually(`a button ${name} in Firefox`, () => this.asks((pattern) => {
      const named = (/** @type {HTMLElement} */ button) => new RegExp(pattern, "i").test(button.ariaLabel ?? button.innerText);
      const buttons = [...document.querySelectorAll("button")].filter((button) => button.checkVisibility() && !button.disabled);
      const button = buttons.find(named);
      button?.click();
      return button !== undefined;
    }, name));
  }

  async close() {
    this.line.destroy();
    this.program.kill("SIGKILL");
    await new Promise((gone) => this.program.exitCode === null && this.program.signalCode === null ? this.program.once("exit", gone) : gone(null));
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param {string} command @param {object} parameters @returns {Promise<any>} */
  #ask(command, parameters) {
    this.#last += 1;
    const number = this.#last;
    const text = JSON.stringify([0, number, command, parameters]);
    this.line.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
  }

  /** Each message is its length, a colon and JSON. @param {Buffer} bytes */
  #hear(bytes) {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const colon = this.#held.indexOf(":");
      const length = Number(this.#held.subarray(0, Math.max(colon, 0)).toString());
      if (colon < 1 || this.#held.length < colon + 1 + length) return;
      const message = JSON.parse(this.#held.subarray(colon + 1, colon + 1 + length).toString());
      this.#held = this.#held.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; // its greeting
      const [, number, error, result] = message;
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (error) waiting?.reject(new Error(`${error.error}: ${error.message}`));
      else waiting?.resolve(result);
    }
  }
}
