// The day, live: the list is put anew at each change; waiting times run; whoever comes to wait is heard and seen,
// also while the tab is in the background.

import { chime } from "./chime.ts";
import { notify, offerNotifying } from "./notifications.ts";
import { waited } from "./waiting-time.ts";

export function watchDay(page: Document): void {
  const day = page.getElementById("day");
  const address = day?.dataset["live"];
  if (!day || !address) return;

  const title = page.title;
  const sound = offerSound(page);
  chime.wakeAtFirstTouch();
  offerNotifying(page.getElementById("notify"));
  let seen = waitingIn(day);
  let clock = readClock(day);
  show();

  const line = new EventSource(address);
  line.addEventListener("day", (event: MessageEvent<string>) => {
    put(day, event.data);
    clock = readClock(day);
    const waiting = waitingIn(day);
    const arrived = [...waiting.keys()].filter((id) => !seen.has(id));
    if (arrived.length > 0) announce(arrived.map((id) => waiting.get(id) ?? ""));
    seen = waiting;
    show();
  });
  setInterval(show, 10_000);

  function show(): void {
    page.title = seen.size > 0 ? `(${seen.size}) waiting · ${title}` : title;
    for (const time of day?.querySelectorAll<HTMLTimeElement>("time[data-since]") ?? []) {
      time.textContent = waited(clock() - Date.parse(time.dateTime));
    }
  }

  function announce(names: string[]): void {
    const news = page.getElementById("day-news");
    const said = `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} waiting`;
    if (news) news.textContent = said;
    if (sound()) chime.ring();
    if (page.hidden) notify(said);
  }
}

/** Puts the list anew, and the focus back where it was: somebody may be walking through it with the keyboard. */
function put(day: HTMLElement, html: string): void {
  const old = day.querySelector("#day-list");
  const focused = day.ownerDocument.activeElement;
  const place = focused instanceof HTMLAnchorElement && old?.contains(focused) ? focused.getAttribute("href") : null;
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("day-list");
  if (!old || !fresh) return;
  old.replaceWith(fresh);
  if (place !== null) day.querySelector<HTMLAnchorElement>(`#day-list a[href="${CSS.escape(place)}"]`)?.focus();
}

/** Who waits: their appointment and their name. */
function waitingIn(day: HTMLElement): Map<string, string> {
  const rows = [...day.querySelectorAll<HTMLElement>('[data-tone="waiting"]')];
  return new Map(rows.map((row) => [row.dataset["appointment"] ?? "", row.querySelector(".slot__name")?.textContent ?? ""]));
}

/** The server's clock, running: the device's own may be wrong by hours. */
function readClock(day: HTMLElement): () => number {
  const said = Date.parse(day.querySelector<HTMLElement>("#day-list")?.dataset["now"] ?? "");
  const read = performance.now();
  return () => said + (performance.now() - read);
}

/** The switch for the sound, remembered in this browser. Says whether it is on. */
function offerSound(page: Document): () => boolean {
  const button = page.getElementById("sound");
  let on = localStorage.getItem("anteroom.sound") !== "off";
  const show = (): void => {
    button?.setAttribute("aria-pressed", String(on));
    const label = button?.querySelector("span");
    if (label) label.textContent = on ? "Sound on" : "Sound off";
  };
  if (button) button.hidden = false;
  button?.addEventListener("click", () => {
    on = !on;
    localStorage.setItem("anteroom.sound", on ? "on" : "off");
    show();
    if (on) chime.ring();
  });
  show();
  return () => on;
}
