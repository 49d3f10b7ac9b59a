// Live updates of the day page (SSE): replaces the list, updates waiting times, announces arriving guests by live region,
// chime and notification.

import { chime } from "./chime.ts";
import { showNotification, enableNotifyButton } from "./notifications.ts";
import { waitingTime } from "./waiting-time.ts";

export function watchDay(page: Document): void {
  const day = page.getElementById("day");
  const address = day?.dataset["live"];
  if (!day || !address) return;

  const title = page.title;
  const sound = enableSoundButton(page);
  chime.unlockOnFirstTouch();
  enableNotifyButton(page.getElementById("notify"));
  let known = waitingGuestsIn(day);
  let now = serverClock(day);
  show();

  const stream = new EventSource(address);
  stream.addEventListener("day", (event: MessageEvent<string>) => {
    replaceList(day, event.data);
    now = serverClock(day);
    const waiting = waitingGuestsIn(day);
    const arrived = [...waiting.keys()].filter((id) => !known.has(id));
    if (arrived.length > 0) announce(arrived.map((id) => waiting.get(id) ?? ""));
    known = waiting;
    show();
  });
  setInterval(show, 10_000);

  function show(): void {
    page.title = known.size > 0 ? `(${known.size}) waiting · ${title}` : title;
    for (const time of day?.querySelectorAll<HTMLTimeElement>("time[data-since]") ?? []) {
      time.textContent = waitingTime(now() - Date.parse(time.dateTime));
    }
  }

  function announce(names: string[]): void {
    const liveRegion = page.getElementById("day-news");
    const message = `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} waiting`;
    if (liveRegion) liveRegion.textContent = message;
    if (sound()) chime.play();
    if (page.hidden) showNotification(message);
  }
}

/** Replaces the list and restores the focus, for keyboard users. */
function replaceList(day: HTMLElement, html: string): void {
  const oldList = day.querySelector("#day-list");
  const focused = day.ownerDocument.activeElement;
  const focusedHref = focused instanceof HTMLAnchorElement && oldList?.contains(focused) ? focused.getAttribute("href") : null;
  const newList = new DOMParser().parseFromString(html, "text/html").getElementById("day-list");
  if (!oldList || !newList) return;
  oldList.replaceWith(newList);
  if (focusedHref !== null) day.querySelector<HTMLAnchorElement>(`#day-list a[href="${CSS.escape(focusedHref)}"]`)?.focus();
}

/** Waiting guests: name by appointment id. */
function waitingGuestsIn(day: HTMLElement): Map<string, string> {
  const rows = [...day.querySelectorAll<HTMLElement>('[data-tone="waiting"]')];
  return new Map(rows.map((row) => [row.dataset["appointment"] ?? "", row.querySelector(".slot__name")?.textContent ?? ""]));
}

/** The server's clock, advanced by monotonic time: the device's clock may be wrong by hours. */
function serverClock(day: HTMLElement): () => number {
  const atRead = Date.parse(day.querySelector<HTMLElement>("#day-list")?.dataset["now"] ?? "");
  const readAt = performance.now();
  return () => atRead + (performance.now() - readAt);
}

/** The sound switch, saved in this browser. The result returns whether sound is on. */
function enableSoundButton(page: Document): () => boolean {
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
    if (on) chime.play();
  });
  show();
  return () => on;
}
