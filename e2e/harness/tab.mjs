// A browser context with one page: an emulated device with its own storage. Verbs in the imperative act on the page;
// verbs in the third person wait until it is so, and fail when it never is.
import { launchChromium } from "./chromium.mjs";
import { receivedByCall, SENT_BY_CALL } from "./media.mjs";
import { collectConsole } from "./page-console.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} BrowserContext */
/** @typedef {import("./media.mjs").Received} Received */

/**
 * @typedef {object} TabOptions
 * @property {"light" | "dark"} [colorScheme]
 * @property {string} [timezone]
 * @property {string} [cameraVideo] path of the video its camera shows; see camera-video.mjs
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

export class Tab {
  /**
   * @param {string} name for screenshots and messages
   * @param {BrowserContext} context
   * @param {Page} page
   */
  constructor(name, context, page) {
    this.name = name;
    this.context = context;
    this.page = page;
    this.consoleErrors = collectConsole(page, name, { levels: ["error"], isExpected });
  }

  /** @param {string} url */
  async open(url) {
    return this.page.goto(url);
  }

  /**
   * Clicks or taps the first element of this name.
   *
   * @param {string | RegExp} name
   * @param {"button" | "link"} [role]
   */
  async press(name, role = "button") {
    const target = this.page.getByRole(role, { name }).first();
    await (this.isPhone ? target.tap() : target.click());
  }

  /** @param {string | RegExp} text */
  async showsText(text) {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  /**
   * The call is at this stage: `data-stage` of `<anteroom-call>`.
   *
   * @param {string} stage
   */
  async reachesStage(stage) {
    await this.page.locator(`anteroom-call[data-stage="${stage}"]`).waitFor({ state: "attached" });
  }

  /**
   * What its call receives; nothing outside a call.
   *
   * @param {{ identity?: string, source?: string }} [only]
   * @returns {Promise<Received>}
   */
  received(only) {
    return this.page.evaluate(receivedByCall(only));
  }

  /** What its call sends of each video. @returns {Promise<unknown>} */
  sent() {
    return this.page.evaluate(SENT_BY_CALL);
  }

  /** How many other participants its call has. */
  async remoteParticipants() {
    return Object.keys(await this.received()).length;
  }

  async close() {
    await this.context.close();
  }

  get isPhone() {
    return (this.page.viewportSize()?.width ?? 0) < 600;
  }
}

const EXPECTED = new RegExp(
  "^(publisher data channel '\\w+' closed unexpectedly|Websocket got closed during a \\(re\\)connection attempt" +
    "|Tried to add a track for a participant, that's not present)",
);

/**
 * Not errors of the page: answers that are refusals, often what a story is about; and data channels that close when the
 * room ends, a moment before the page gets the message about it, which livekit-client logs as an error; and a signalling
 * socket that a story broke while livekit-client connected again; and a participant who left while livekit-client was
 * applying the offer with their tracks.
 *
 * @param {string} text
 */
function isExpected(text) {
  return text.startsWith("Failed to load resource") || EXPECTED.test(text);
}

/**
 * @param {string} name
 * @param {TabOptions} [options]
 */
export function openPhone(name, options) {
  return openTab(name, PHONE, options);
}

/**
 * @param {string} name
 * @param {TabOptions} [options]
 */
export function openDesktop(name, options) {
  return openTab(name, DESKTOP, options);
}

/**
 * @param {string} name
 * @param {import("playwright-core").BrowserContextOptions} device
 * @param {TabOptions} [options]
 */
async function openTab(name, device, { colorScheme = "light", timezone = "Europe/Berlin", cameraVideo } = {}) {
  const browser = await launchChromium({ video: cameraVideo });
  const context = await browser.newContext({
    ...device,
    locale: "en-GB",
    timezoneId: timezone,
    colorScheme,
    permissions: ["camera", "microphone", "notifications"],
  });
  context.setDefaultTimeout(15_000);
  return new Tab(name, context, await context.newPage());
}
