// A running Anteroom and the people around it, for one story.
import { join } from "node:path";

import { OUT } from "./chromium.mjs";
import { eventually } from "./eventually.mjs";
import { atDesk, onPhone } from "./tab.mjs";
import { startDemo } from "./anteroom.mjs";

/** @typedef {import("./tab.mjs").Person} Person */
/** @typedef {import("./tab.mjs").Setting} Setting */
/** @typedef {import("./anteroom.mjs").Facts} Facts */
/** @typedef {import("./anteroom.mjs").Program} Program */
/** @typedef {{ status: number, body: any, text: string }} Answer */

export class Site {
  /** @type {Person[]} */
  #people = [];

  /**
   * @param {string} story its name, for logs and pictures
   * @param {Program} program
   * @param {Facts} facts
   */
  constructor(story, program, facts) {
    this.story = story;
    this.program = program;
    this.facts = facts;
  }

  /** @param {string} story */
  static async open(story) {
    const { program, facts } = await startDemo(join(OUT, `${story}.log`));
    return new Site(story, program, facts);
  }

  /** The address of a path here. @param {string} path */
  at(path) {
    return new URL(path, this.facts.url).href;
  }

  /**
   * @param {string} name
   * @param {Setting} [setting]
   */
  async onPhone(name, setting) {
    return this.#welcome(await onPhone(name, setting));
  }

  /**
   * @param {string} name
   * @param {Setting} [setting]
   */
  async atDesk(name, setting) {
    return this.#welcome(await atDesk(name, setting));
  }

  /** @param {Person} person */
  #welcome(person) {
    this.#people.push(person);
    return person;
  }

  /** Lets this much time pass for the server. @param {number} seconds */
  async advance(seconds) {
    const answer = await this.asks("POST", "/demo/clock", { body: { advance_seconds: Math.ceil(seconds) } });
    if (answer.status >= 300) throw new Error(`the clock does not move: ${answer.status} ${answer.text}`);
  }

  /**
   * A program's question to the server, with our API key unless told otherwise.
   *
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, bearer?: string }} [with_]
   * @returns {Promise<Answer>}
   */
  async asks(method, path, { body, bearer = `${this.facts.api.key}.${this.facts.api.secret}` } = {}) {
    const response = await fetch(this.at(path), {
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
   * The personal link in the newest mail to this address in which this person is named: hosts get mail about many.
   * Mails leave a moment after what caused them.
   *
   * @param {Person} reader
   * @param {string} address
   * @param {string} about
   */
  async linkMailedTo(reader, address, about) {
    const { page } = reader;
    return eventually(`a mail about ${about} reaches ${address}`, async () => {
      await reader.opens(this.facts.mailbox_url);
      const mails = page.getByRole("article").filter({ hasText: address }).getByRole("heading").getByRole("link");
      for (const path of await mails.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))) {
        await reader.opens(this.at(path));
        const link = page.locator('a[href*="/join/"]').first();
        if ((await page.getByText(about).count()) > 0 && (await link.count()) > 0) return link.getAttribute("href");
      }
      return null;
    });
  }

  /** What anybody's pages complained about. */
  get complaints() {
    return this.#people.flatMap((person) => person.complaints);
  }

  /** What everybody saw at this moment, for whoever reads the failure. */
  async photographs() {
    for (const { name, page } of this.#people) {
      if (page.isClosed()) continue;
      const path = join(OUT, `${this.story}-failed-${name}.png`);
      await page.screenshot({ path, timeout: 5_000 }).catch(() => undefined);
    }
  }

  async close() {
    await Promise.all(this.#people.map((person) => person.goes()));
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
