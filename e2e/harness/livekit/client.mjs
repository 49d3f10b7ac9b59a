// A page of its own with LiveKit's client in it, in Chromium or in Firefox: what it does, and what it gets.
import { launchChromium } from "../chromium.mjs";
import { eventually } from "../eventually.mjs";
import { Firefox } from "../firefox.mjs";
import { collectConsole } from "../page-console.mjs";
import { PAGE_URL } from "./page-server.mjs";
import { joinToken } from "./server-api.mjs";

/** Milliseconds until an event counts as missing. No statement about how long it may take. */
const WITHIN = 30_000;
/** Room for a large video, and no more to paint than that. */
const VIEWPORT = { width: 1000, height: 620 };

/** Pages whose clients were closed; opening one takes a second. @type {import("playwright-core").Page[]} */
const idlePages = [];

/**
 * How a client joins: options of its room, of `connect`, parts of its grant, claims of its token (name, metadata,
 * attributes), a key for E2EE.
 *
 * @typedef {{ options?: object, connect?: object, grant?: object, claims?: object, e2eeKey?: string }} JoinOptions
 */

export class LiveKitClient {
  /** Warnings and errors of its page, shown when a story fails. @type {string[]} */
  consoleErrors = [];

  /**
   * @param {string} identity
   * @param {<A, T>(run: string | ((argument: A) => T), argument?: A) => Promise<Awaited<T>>} evaluate runs this in the
   *   page, where it knows its argument and the globals of clients/page/client.mjs
   * @param {() => Promise<void>} close
   */
  constructor(identity, evaluate, close) {
    this.identity = identity;
    this.name = identity;
    this.evaluate = evaluate;
    this.close = close;
  }

  /** @param {string} identity */
  static async inChromium(identity) {
    const page = idlePages.pop() ?? (await newPage());
    const client = new LiveKitClient(identity, (run, argument) => page.evaluate(/** @type {any} */ (run), argument), async () => {
      page.removeAllListeners();
      await page.goto("about:blank");
      idlePages.push(page);
    });
    client.consoleErrors = collectConsole(page, identity, { levels: ["error", "warning"] });
    await page.goto(PAGE_URL);
    await page.locator("body[data-ready]").waitFor({ state: "attached" });
    return client;
  }

  /** @param {string} identity */
  static async inFirefox(identity) {
    const firefox = await Firefox.start();
    const client = new LiveKitClient(identity, (run, argument) => firefox.evaluate(/** @type {any} */ (run), argument), () => firefox.close());
    await firefox.open(PAGE_URL);
    await eventually("Firefox has loaded the page", () => firefox.evaluate(() => document.body?.dataset.ready === ""));
    return client;
  }

  /**
   * @param {import("./media-server.mjs").MediaServer} server
   * @param {string} room
   * @param {JoinOptions} [how]
   */
  async join(server, room, { options, connect, grant, claims, e2eeKey } = {}) {
    await this.evaluate(({ options, e2eeKey }) => client.createRoom(options, e2eeKey).then(() => null), { options, e2eeKey });
    const token = await joinToken(room, this.identity, grant, claims);
    await this.evaluate(([url, token, connect]) => client.room.connect(url, token, connect), /** @type {const} */ ([server.ws, token, connect]));
  }

  /** Turns camera and microphone on. */
  async publish() {
    await this.evaluate(async () => {
      await client.setCamera(true);
      await client.setMicrophone(true);
    });
  }

  /** Events of its room so far, as `[name, ...arguments]`. @returns {Promise<[string, ...any[]][]>} */
  async events() {
    const events = await this.evaluate(() => client.events);
    return events.map((/** @type {{ name: string, args: any[] }} */ { name, args }) => [name, ...args]);
  }

  /** How many events of this name it has received. @param {string} name */
  async eventCount(name) {
    return (await this.events()).filter(([event]) => event === name).length;
  }

  /**
   * It has received this event, or receives it now.
   *
   * @param {string} name
   * @param {(...args: any[]) => unknown} [matches]
   */
  async receivesEvent(name, matches = () => true) {
    return eventually(`${this.identity} receives ${name} (${matches})`, async () =>
      (await this.events()).find(([event, ...args]) => event === name && matches(...args)), { within: WITHIN });
  }

  /**
   * What its room receives.
   *
   * @param {{ identity?: string, source?: string }} [only]
   * @returns {Promise<import("../media.mjs").Received>}
   */
  received(only) {
    return this.evaluate((only) => client.receivedMedia(only), only);
  }

  /** What its room receives of one participant, by source. @param {string} identity */
  async receivedFrom(identity) {
    return (await this.received({ identity }))[identity] ?? {};
  }
}

async function newPage() {
  // 15 frames a second: two processors encode for three clients.
  const context = await (await launchChromium({ frameRate: 15 })).newContext({ viewport: VIEWPORT });
  return context.newPage();
}
