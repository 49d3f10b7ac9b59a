// What the day page says by title, live region and notification. Without the catalogue it says less: numbers and names.

import { find, isolated, locale } from "../l10n/words.ts";

/** The title of the tab, which is read in passing: who waits, or that nothing arrives. */
export function tabTitle(page: string, waiting: number, connected: boolean): string {
  const status = connected ? waitingStatus(waiting) : find("site-tab-offline");
  return status === undefined ? page : `${status} · ${page}`;
}

function waitingStatus(waiting: number): string | undefined {
  return waiting > 0 ? (find("site-tab-waiting", { count: waiting }) ?? `(${waiting})`) : undefined;
}

/** For the live region: who has just arrived. */
export function arrived(people: readonly string[]): string {
  const names = new Intl.ListFormat(locale(), { type: "conjunction" }).format(people.map(isolated));
  return find("site-arrived", { count: people.length, names }) ?? names;
}

/** Title and text of a notification. `page`: the title of the page. */
export function notification(count: number, page: string): [string, string] {
  return [find("site-notification", { count }) ?? `(${count}) ${page}`, find("site-notification-open") ?? ""];
}
