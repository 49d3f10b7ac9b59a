// A running Anteroom and the tabs that are open on it, for one story.
import { join } from "node:path";

import { startDemo } from "./anteroom.mjs";
import { OUT } from "./chromium.mjs";
import { eventually } from "./eventually.mjs";
import { openDesktop, openPhone } from "./tab.mjs";

/** @typedef {import("./anteroom.mjs").Demo} Demo */
/** @typedef {import("./process.mjs").Process} Process */
/** @typedef {import("./tab.mjs").Tab} Tab */
/** @typedef {import("./tab.mjs").TabOptions} TabOptions */
/** @typedef {{ status: number, body: any, text: string }} Answer */

export class Site {
  /** @type {Tab[]} */
  #tabs = [];

  /**
   * @param {string} story its name, for logs and screenshots
   * @param {Process} program
   * @param {Demo} demo
   */
  constructor(story, program, demo) {
    this.story = story;
    this.program = program;
    this.demo = demo;
  }

  /** @param {string} story */
  static async open(story) {
    const { program, demo } = await startDemo({ log: join(OUT, `${story}.log`) });
    return new Site(story, program, demo);
  }

  /** @param {string} path */
  url(path) {
    return new URL(path, this.demo.url).href;
  }

  /**
   * @param {string} name
   * @param {TabOptions} [options]
   */
  async openPhone(name, options) {
    return this.#add(await openPhone(name, options));
  }

  /**
   * @param {string} name
   * @param {TabOptions} [options]
   */
  async openDesktop(name, options) {
    return this.#add(await openDesktop(name, options));
  }

  /** @param {Tab} tab */
  #add(tab) {
    this.#tabs.push(tab);
    return tab;
  }

  /** Moves the server's clock forward. @param {number} seconds */
  async advanceClock(seconds) {
    const answer = await this.request("POST", "/demo/clock", { body: { advance_seconds: Math.ceil(seconds) } });
    if (answer.status >= 300) throw new Error(`the clock was not moved: ${answer.status} ${answer.text}`);
  }

  /**
   * A request with the demo's API key, or with another bearer token, or with none (`""`).
   *
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, bearer?: string }} [options]
   * @returns {Promise<Answer>}
   */
  async request(method, path, { body, bearer = `${this.demo.api.key}.${this.demo.api.secret}` } = {}) {
    const response = await fetch(this.url(path), {
      method,
      headers: {
        accept: "application/json",
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: parsed(text) };
  }

  /**
   * The personal link in the newest mail to this address that contains this name: hosts get mails about many guests.
   * Waits for the mail, which is sent shortly after its cause.
   *
   * @param {Tab} reader
   * @param {string} address
   * @param {string} name
   */
  async mailedLink(reader, address, name) {
    const { page } = reader;
    return eventually(`a mail about ${name} reaches ${address}`, async () => {
      await reader.open(this.demo.mailbox_url);
      const mails = page.getByRole("article").filter({ hasText: address }).getByRole("heading").getByRole("link");
      for (const path of await mails.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))) {
        await reader.open(this.url(path));
        const link = page.locator('a[href*="/join/"]').first();
        if ((await page.getByText(name).count()) > 0 && (await link.count()) > 0) return link.getAttribute("href");
      }
      return null;
    });
  }

  /** What the pages logged as errors. */
  get consoleErrors() {
    return this.#tabs.flatMap((tab) => tab.consoleErrors);
  }

  /** One screenshot of each open tab, for a story that failed. */
  async takeScreenshots() {
    for (const { name, page } of this.#tabs) {
      if (page.isClosed()) continue;
      const path = join(OUT, `${this.story}-failed-${name}.png`);
      await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined);
    }
  }

  async close() {
    await Promise.all(this.#tabs.map((tab) => tab.close()));
    await this.program.stop();
  }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
