// The call page as built, with a standing of the story's choice and no server: for stories about layout, which need
// states and sizes that are hard to reach in a real call.
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

/** @typedef {import("./tab.mjs").Tab} Tab */

const DIST = resolve(import.meta.dirname, "../../ui/dist");
const TEMPLATE = resolve(import.meta.dirname, "../../crates/web/templates/join.html");
const ORIGIN = "http://localhost:1";
const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", woff2: "font/woff2" };

/**
 * @typedef {object} PageState
 * @property {"guest" | "host"} [role]
 * @property {"waiting" | "admitted" | "outside"} [entry]
 * @property {"planned" | "live"} [state]
 * @property {string} [host] name
 * @property {string} [guest] name
 * @property {boolean} [moved] the guest continues on another device
 * @property {string} [language]
 */

/**
 * Opens the page; requests of the page are never answered.
 *
 * @param {Tab} tab
 * @param {PageState} [state]
 */
export async function openCallPage({ page }, state = {}) {
  const manifest = JSON.parse(await readFile(join(DIST, ".vite/manifest.json"), "utf8"));
  const [, bodyClass = ""] = /block body_class %}([^{]*)/.exec(await readFile(TEMPLATE, "utf8")) ?? [];
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/") return route.fulfill({ contentType: "text/html", body: html(manifest, bodyClass, state) });
    if (!pathname.startsWith("/assets/")) return; // for ever on its way
    const ending = /** @type {keyof typeof TYPES} */ (pathname.split(".").at(-1));
    const body = await readFile(join(DIST, pathname.replace("/assets/", "")));
    await route.fulfill({ contentType: TYPES[ending] ?? "application/octet-stream", body });
  });
  // Requests stay on their way also when the machine is slow: a ticket that times out would end the call.
  await page.addInitScript(() => (AbortSignal.timeout = () => new AbortController().signal));
  await page.goto(`${ORIGIN}/`);
  await page.locator("anteroom-call[data-stage]").waitFor({ state: "attached" });
}

/**
 * The call with one other participant, as the media room would report it; `picture` is the size of their camera.
 *
 * @param {Tab} tab
 * @param {{ picture?: { width: number, height: number, colour: string }, events?: object[], changes?: object, others?: number }} [options]
 *   `changes` of that participant; `others`: how many more there are
 */
export async function enterCall({ page }, { picture, events = [], changes = {}, others = 0 } = {}) {
  await page.evaluate(({ events, changes, others }) => {
    const call = /** @type {any} */ (document.querySelector("anteroom-call"));
    const other = call.call.standing.people[0];
    const participant = {
      id: other.id, name: other.name, camera: true, microphone: false, screen: false, screenPaused: false, speaking: false,
      quality: "good", arrival: "arriving", picture: "arriving", sound: "arriving", ...changes,
    };
    call.send({ type: "join" });
    for (const event of [
      { type: "connected" }, { type: "remote-participants", remoteParticipants: [participant, ...Array.from({ length: others }, (_, n) => ({ ...participant, id: `par_${n}`, name: `Person ${n}`, screen: false }))] },
      { type: "connection-quality", quality: "good" }, ...events,
    ]) call.send(event);
  }, { events, changes, others });
  await page.locator('anteroom-call[data-stage="live"]').waitFor({ state: "attached" });
  if (picture) await show(page, picture);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {{ width: number, height: number, colour: string }} picture
 */
async function show(page, picture) {
  await page.evaluate(async ({ width, height, colour }) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const draw = () => {
      context.fillStyle = colour;
      context.fillRect(0, 0, width, height);
      context.fillStyle = "#b36b2c";
      context.beginPath();
      context.ellipse(width / 2, height / 2, width / 6, height / 5, 0, 0, 7);
      context.fill();
      requestAnimationFrame(draw);
    };
    draw();
    const video = /** @type {HTMLVideoElement} */ (document.querySelector(".call-tile__video"));
    video.srcObject = canvas.captureStream(10);
    await video.play();
    await new Promise((resume) => (video.videoWidth ? resume(0) : video.addEventListener("resize", resume, { once: true })));
  }, picture);
}

/**
 * @param {Record<string, { file: string, css?: string[], imports?: string[] }>} manifest
 * @param {string} bodyClass
 * @param {PageState} state
 */
function html(manifest, bodyClass, state) {
  const entries = ["site/main.ts", "call/main.ts"].map((name) => manifest[name]).filter((entry) => entry !== undefined);
  const styles = entries.flatMap((entry) => entry.css ?? []).map((file) => `<link rel="stylesheet" href="/assets/${file}">`);
  const scripts = entries.map((entry) => `<script type="module" src="/assets/${entry.file}"></script>`);
  return `<!doctype html><html lang="${state.language ?? "en"}"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><title>Call</title>${styles.join("")}${scripts.join("")}</head>
    <body class="${bodyClass}"><main class="main"><script type="application/json" id="standing">${JSON.stringify(standing(state))}</script>
    <anteroom-call data-base="/join/secret" data-role="${state.role ?? "guest"}" data-pack="clinic"></anteroom-call></main></body></html>`;
}

/** @param {PageState} state */
function standing({ role = "guest", entry = "outside", state = "planned", host = "Dr. Rossi", guest = "Annegret Mueller-Hohenfeld", moved = false }) {
  const at = (/** @type {number} */ minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
  const isHost = role === "host";
  const person = { waiting_since: null, connected: false, presence: null, seen_at: null, moved_at: moved ? at(-1) : null };
  return {
    version: 1, now: at(0), role, practice: "Practice at the Park",
    me: isHost ? { id: "par_host", name: host } : { id: "par_guest", name: guest },
    words: { host: "doctor", guest: "patient", consultation: "consultation" },
    appointment: {
      id: "apt_1", starts_at: at(4), ends_at: at(34), duration_minutes: 30, zone: "Europe/Berlin", zone_name: "Berlin time",
      local: "Wednesday 30 September 2026, 10:45", kind: "video", status: "confirmed",
    },
    consultation: { id: "con_1", state, started_at: state === "live" ? at(0) : null, ended_at: null, ended_by: null, duration_seconds: null },
    door: { state: "open", opens_at: at(-10), closes_at: at(90), code: null, message: null },
    place: "here",
    entry,
    people: [isHost ? { ...person, id: "par_guest", name: guest, role: "guest", entry: "admitted" } : { ...person, id: "par_host", name: host, role: "host", entry: "outside" }],
    may: { enter: !isHost && entry === "outside", wait: !isHost, start: isHost && state === "planned", ticket: state === "live", end: isHost && state === "live" },
  };
}
