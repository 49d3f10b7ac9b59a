// A person in front of a browser of their own, with LiveKit's own client in it: what they do, and what they get.
import { eventually } from "../eventually.mjs";
import { Firefox } from "../firefox.mjs";
import { browser } from "./chromium.mjs";
import { token } from "./servers.mjs";
import { PAGE } from "./page-server.mjs";

/** How long a story waits for what is seen, heard or told: not how long it may take, but when it has failed. */
const WITHIN = 30_000;
/** A picture moves. */
const FRAMES = 10;
/** The fake microphones beep once a second: over this long they cannot miss. */
const LISTENING = 1.2;
/** Loudness (root mean square) of the faintest beep we would call one; silence is 0. */
const AUDIBLE = 0.005;

/** Room for a large picture, and no more to paint than that. */
const VIEWPORT = { width: 1000, height: 620 };

/** Windows whose people have gone; to open one takes a second. @type {import("playwright-core").Page[]} */
const idle = [];

export class Person {
  /** What their page complained about; shown when a story fails. @type {string[]} */
  complaints = [];

  /**
   * @param {string} name their identity
   * @param {<A, T>(question: (about: A) => T, about?: A) => Promise<Awaited<T>>} asks runs there, knowing only its argument
   * @param {() => Promise<void>} goes
   */
  constructor(name, asks, goes) {
    this.name = name;
    this.asks = asks;
    this.goes = goes;
  }

  /** @param {string} name */
  static async withChromium(name) {
    const page = idle.pop() ?? await (await (await browser()).newContext({ viewport: VIEWPORT })).newPage();
    const person = new Person(name, (question, about) => page.evaluate(question, about), async () => {
      page.removeAllListeners();
      await page.goto("about:blank");
      idle.push(page);
    });
    page.on("pageerror", (error) => person.complaints.push(`${name}: ${error.message}`));
    page.on("console", (line) => ["error", "warning"].includes(line.type()) && person.complaints.push(`${name}: ${line.text()}`));
    await page.goto(PAGE);
    await page.locator("body[data-ready]").waitFor({ state: "attached" });
    return person;
  }

  /** @param {string} name */
  static async withFirefox(name) {
    const firefox = await Firefox.start();
    const person = new Person(name, (question, about) => firefox.asks(question, about), () => firefox.close());
    await firefox.opens(PAGE);
    await eventually("the page is there in Firefox", () => firefox.asks(() => document.body?.dataset.ready === ""));
    return person;
  }

  /**
   * Connects to this room.
   *
   * @param {import("./servers.mjs").Server} server
   * @param {string} room
   * @param {{ options?: object, connect?: object, grant?: object, facts?: object, e2ee?: string }} [how]
   */
  async comesIn(server, room, { options, connect, grant, facts, e2ee } = {}) {
    await this.asks(({ options, e2ee }) => me.has(options, e2ee).then(() => null), { options, e2ee });
    const entry = [server.ws, await token(room, this.name, grant, facts), connect];
    await this.asks((entry) => me.joins(...entry), entry);
  }

  /** Camera and microphone on. */
  async publishes() {
    await this.asks(async () => {
      await me.camera(true);
      await me.microphone(true);
    });
  }

  /** What they were told so far, as `[event, ...about]`. */
  async told() {
    const told = await this.asks(() => me.told);
    return told.map(({ event, about }) => [event, ...about]);
  }

  /**
   * They are told this, sooner or later.
   *
   * @param {string} event
   * @param {(...about: any[]) => unknown} [holds]
   */
  async isTold(event, holds = () => true) {
    return eventually(`${this.name} is told ${event} (${holds})`, async () =>
      (await this.told()).find(([kind, ...about]) => kind === event && holds(...about)), { within: WITHIN });
  }

  /** @param {string} who */
  receives(who) {
    return this.asks((who) => me.seen(who), who);
  }

  /**
   * From now on this picture of somebody moves on their screen; answers with what is received.
   *
   * @param {Person} other
   * @param {{ source?: string, frames?: number }} [what]
   */
  async sees({ name }, { source = "camera", frames = FRAMES } = {}) {
    let first, now;
    const picture = eventually(`${this.name} sees the ${source} of ${name}`, async () => {
      now = (await this.receives(name))[source];
      if (!now) return null;
      // A new element, and a new connection, count from zero.
      if (!first || now.frames < first.frames || now.painted < first.painted) first = now;
      return now.frames >= first.frames + frames && now.painted >= first.painted + frames && (now.shades > 2 || now.tint !== first.tint) ? now : null;
    }, { within: WITHIN });
    return picture.catch((error) => {
      throw new Error(`${error.message}; they receive ${JSON.stringify(now)}`);
    });
  }

  /**
   * From now on somebody can be heard.
   *
   * @param {Person} other
   * @param {string} [source]
   */
  async hears(other, source = "microphone") {
    await eventually(`${this.name} hears the ${source} of ${other.name}`, async () => (await this.#loudness(other, source)) > AUDIBLE, { within: WITHIN });
  }

  /** @param {Person} other @param {string} source */
  async #loudness({ name }, source) {
    let first;
    const last = await eventually(`sound of ${name} reaches ${this.name}`, async () => {
      const now = (await this.receives(name))[source];
      if (!now) return null;
      if (!first || now.seconds < first.seconds) first = now;
      return now.seconds >= first.seconds + LISTENING ? now : null;
    }, { within: WITHIN });
    return Math.sqrt((last.energy - first.energy) / (last.seconds - first.seconds));
  }
}

/** @param {Person} one @param {Person} other */
export async function seeAndHearEachOther(one, other) {
  await Promise.all([one.sees(other), one.hears(other), other.sees(one), other.hears(one)]);
}
