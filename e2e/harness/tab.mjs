// A person in front of a browser of their own: nothing shared with anybody else's, and everything that went wrong
// on their pages remembered.
import { browser } from "./chromium.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} BrowserContext */
/** @typedef {import("playwright-core").Locator} Locator */

/**
 * @typedef {object} Setting
 * @property {"light" | "dark"} [colours]
 * @property {string} [zone]
 * @property {string} [film] what their camera films; see camera.mjs
 */

const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  userAgent:
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
};
const DESKTOP = { viewport: { width: 1280, height: 800 } };

export class Person {
  /** What their pages complained about: exceptions, refused scripts, error messages. @type {string[]} */
  complaints = [];

  /**
   * @param {string} name for pictures and messages
   * @param {BrowserContext} context
   * @param {Page} page
   */
  constructor(name, context, page) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.#listen(page);
  }

  /** @param {Page} page */
  #listen(page) {
    page.on("pageerror", (error) => this.complaints.push(`${this.name}: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      // That an answer was a refusal is the server's business and often the point of a story.
      if (message.type() !== "error" || message.text().startsWith("Failed to load resource")) return;
      // The room may close under a page a moment before its goodbye arrives; the library calls that an error.
      if (/^publisher data channel '\w+' closed unexpectedly/.test(message.text())) return;
      this.complaints.push(`${this.name}: ${message.text()} (${message.location().url})`);
    });
  }

  /** @param {string} address */
  async opens(address) {
    return this.page.goto(address);
  }

  /**
   * Presses what has this name, the way their device does it.
   *
   * @param {string | RegExp} name
   * @param {"button" | "link"} [role]
   */
  async presses(name, role = "button") {
    const target = this.page.getByRole(role, { name }).first();
    await (this.isOnPhone ? target.tap() : target.click());
  }

  /** @param {string | RegExp} text */
  async sees(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /**
   * The call has come to this stage; docs: `data-stage` of `<anteroom-call>`.
   *
   * @param {string} stage
   */
  async isAt(stage) {
    await this.page.locator(`anteroom-call[data-stage="${stage}"]`).waitFor({ state: "attached" });
  }

  /** Goes away, as one closes a laptop. */
  async goes() {
    await this.context.close();
  }

  get isOnPhone() {
    return (this.page.viewportSize()?.width ?? 0) < 600;
  }
}

/**
 * @param {string} name
 * @param {Setting} [setting]
 */
export function onPhone(name, setting) {
  return sitDown(name, PHONE, setting);
}

/**
 * @param {string} name
 * @param {Setting} [setting]
 */
export function atDesk(name, setting) {
  return sitDown(name, DESKTOP, setting);
}

/**
 * @param {string} name
 * @param {import("playwright-core").BrowserContextOptions} device
 * @param {Setting} [setting]
 */
async function sitDown(name, device, { colours = "light", zone = "Europe/Berlin", film } = {}) {
  const context = await (await browser(film)).newContext({
    ...device,
    locale: "en-GB",
    timezoneId: zone,
    colorScheme: colours,
    permissions: ["camera", "microphone", "notifications"],
  });
  context.setDefaultTimeout(15_000);
  return new Person(name, context, await context.newPage());
}
