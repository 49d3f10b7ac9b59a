// Debian's Firefox, unmodified: driven over its remote protocol (Marionette), since Playwright drives only its own build
// of Firefox. One page, with navigation, JavaScript and clicks on buttons; no more.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { eventually } from "./eventually.mjs";

const PROGRAM = process.env.ANTEROOM_FIREFOX ?? "/usr/bin/firefox-esr";

/** Fake devices, no permission prompts, and no connections to other hosts. */
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
  #pending = new Map();
  #lastId = 0;
  #unread = Buffer.alloc(0);

  /**
   * @param {import("node:child_process").ChildProcess} child
   * @param {import("node:net").Socket} socket
   * @param {string} profile
   */
  constructor(child, socket, profile) {
    this.child = child;
    this.socket = socket;
    this.profile = profile;
    socket.on("data", (bytes) => this.#read(bytes));
  }

  static async start() {
    const profile = await mkdtemp(join(tmpdir(), "anteroom-firefox-"));
    const preferences = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
    await writeFile(join(profile, "user.js"), preferences.join(""));
    const args = ["--headless", "--marionette", "--no-remote", "--profile", profile];
    const child = spawn(PROGRAM, args, { stdio: "ignore" });
    const port = await eventually("Firefox listens on its remote port", async () => {
      const text = await readFile(join(profile, "MarionetteActivePort"), "utf8").catch(() => "");
      return Number(text) || null;
    }, { within: 60_000 });
    const firefox = new Firefox(child, connect(port, "127.0.0.1"), profile);
    await firefox.#send("WebDriver:NewSession", {});
    await firefox.#send("WebDriver:SetTimeouts", { script: 60_000, pageLoad: 60_000 });
    return firefox;
  }

  /** @param {string} url */
  async open(url) {
    await this.#send("WebDriver:Navigate", { url });
  }

  /**
   * The value of this function in the page, where it knows only its argument; or of this expression.
   *
   * @template A
   * @template T
   * @param {string | ((argument: A) => T | Promise<T>)} run
   * @param {A} [argument]
   * @returns {Promise<T>}
   */
  async evaluate(run, argument) {
    const call = typeof run === "string" ? run : `(${run})(argument)`;
    const script = `const [argument, done] = arguments;
      Promise.resolve().then(() => ${call}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value } = await this.#send("WebDriver:ExecuteAsyncScript", { script, args: [argument ?? null] });
    if (value.error) throw new Error(value.error);
    return value.value;
  }

  /** Clicks the first visible button with this name. @param {string} name a pattern */
  async press(name) {
    await eventually(`Firefox shows a button ${name}`, () => this.evaluate((pattern) => {
      const isNamed = (/** @type {HTMLElement} */ button) => new RegExp(pattern, "i").test(button.ariaLabel ?? button.innerText);
      const buttons = [...document.querySelectorAll("button")].filter((button) => button.checkVisibility() && !button.disabled);
      const button = buttons.find(isNamed);
      button?.click();
      return button !== undefined;
    }, name));
  }

  async close() {
    this.socket.destroy();
    this.child.kill("SIGKILL");
    await new Promise((resolve) => this.child.exitCode === null && this.child.signalCode === null ? this.child.once("exit", resolve) : resolve(null));
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param {string} command @param {object} parameters @returns {Promise<any>} */
  #send(command, parameters) {
    this.#lastId += 1;
    const id = this.#lastId;
    const text = JSON.stringify([0, id, command, parameters]);
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** Each message is its length, a colon and JSON. @param {Buffer} bytes */
  #read(bytes) {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const colon = this.#unread.indexOf(":");
      const length = Number(this.#unread.subarray(0, Math.max(colon, 0)).toString());
      if (colon < 1 || this.#unread.length < colon + 1 + length) return;
      const message = JSON.parse(this.#unread.subarray(colon + 1, colon + 1 + length).toString());
      this.#unread = this.#unread.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; // the greeting
      const [, id, error, result] = message;
      const pending = this.#pending.get(id);
      this.#pending.delete(id);
      if (error) pending?.reject(new Error(`${error.error}: ${error.message}`));
      else pending?.resolve(result);
    }
  }
}
