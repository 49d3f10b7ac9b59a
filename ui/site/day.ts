// Live updates of the day page: replaces what has changed, updates waiting times, announces arriving guests by live
// region, chime and notification, and says when it is not connected.

import { Chime } from "../alerts/chime.ts";
import { askForNotifications, mayAskForNotifications, showNotification } from "../alerts/notifications.ts";
import { loginUrl } from "../protocol/login.ts";
import { openStatusStream } from "../protocol/status-stream.ts";
import { dayUpdates, replaceParts, rowVersions, titleOf } from "./day-parts.ts";
import { arrived, notification, tabTitle } from "./day-words.ts";
import { soundSwitch } from "./sound-switch.ts";
import { waitingTime } from "./waiting-time.ts";

/** `words` settles when the catalogue has arrived, if ever: nothing waits for it. */
export function watchDay(page: Document, words: Promise<void>): void {
  const day = page.getElementById("day");
  if (!day) return;

  const chime = new Chime();
  chime.unlockOnFirstTouch();
  const isSoundOn = soundSwitch(page.getElementById("sound"), chime);
  enableNotifyButton(page.getElementById("notify"));
  let title = page.title;
  let connected = true;
  let known = waitingGuestsIn(day);
  let now = serverClock(day);

  const stream = openStatusStream(dayUpdates(day.dataset), {
    status(update, asked) {
      replaceParts(day, update, asked);
      title = titleOf(day) ?? title;
      now = serverClock(day);
      const waiting = waitingGuestsIn(day);
      const ids = [...waiting.keys()].filter((id) => !known.has(id));
      known = waiting;
      if (ids.length > 0) announce(ids.map((id) => waiting.get(id) ?? ""));
      show();
    },
    known: () => rowVersions(day),
    connected(up) {
      connected = up;
      show();
    },
    refused: (refusal) => (refusal.code === "not_logged_in" ? location.assign(loginUrl()) : location.reload()),
  });
  page.addEventListener("visibilitychange", () => !page.hidden && stream.refresh());
  addEventListener("online", () => stream.refresh());
  addEventListener("pageshow", (event) => event.persisted && stream.refresh());
  setInterval(show, 10_000);
  show();
  void words.then(show);

  function show(): void {
    const offline = page.getElementById("offline");
    if (offline && offline.hidden !== connected) offline.hidden = connected;
    page.title = tabTitle(title, known.size, connected);
    for (const time of day?.querySelectorAll<HTMLTimeElement>("time[data-since]") ?? []) {
      time.textContent = waitingTime(now() - Date.parse(time.dateTime)) ?? time.textContent;
    }
  }

  function announce(names: string[]): void {
    const liveRegion = page.getElementById("day-news");
    if (liveRegion) liveRegion.textContent = arrived(names);
    if (isSoundOn()) chime.playGuestWaiting();
    showNotification(...notification(names.length, title)); // no names: see notifications.ts
  }
}

function enableNotifyButton(button: HTMLElement | null): void {
  if (!button || !mayAskForNotifications()) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await askForNotifications();
    button.hidden = !mayAskForNotifications();
  });
}

/** Waiting guests: name by id, of the appointment, or of the person if several people come to it. */
function waitingGuestsIn(day: HTMLElement): Map<string, string> {
  const rows = [...day.querySelectorAll<HTMLElement>('[data-tone="waiting"]')];
  return new Map(
    rows.flatMap((row): [string, string][] => {
      const people = [...row.querySelectorAll<HTMLElement>("[data-person]")];
      if (people.length === 0) return [[row.dataset["appointment"] ?? "", row.querySelector(".slot__name")?.textContent ?? ""]];
      return people.map((person) => [person.dataset["person"] ?? "", person.querySelector("bdi")?.textContent ?? ""]);
    }),
  );
}

/** The server's clock, advanced by monotonic time: the device's clock may be wrong by hours. */
function serverClock(day: HTMLElement): () => number {
  const atRead = Date.parse(day.querySelector<HTMLElement>("#day-list")?.dataset["now"] ?? "");
  const readAt = performance.now();
  return () => atRead + (performance.now() - readAt);
}
