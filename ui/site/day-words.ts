// What the day page says by title, live region and notification.

import { isolated, locale, t } from "../l10n/words.ts";

/** The title of the tab, which is read in passing: who waits, or that nothing arrives. */
export function tabTitle(page: string, waiting: number, connected: boolean): string {
  if (!connected) return `${t("site-tab-offline")} · ${page}`;
  return waiting > 0 ? `${t("site-tab-waiting", { count: waiting })} · ${page}` : page;
}

/** For the live region: who has just arrived. */
export function arrived(people: readonly string[]): string {
  const names = new Intl.ListFormat(locale(), { type: "conjunction" }).format(people.map(isolated));
  return t("site-arrived", { count: people.length, names });
}

/** Title and text of a notification. */
export function notification(count: number): [string, string] {
  return [t("site-notification", { count }), t("site-notification-open")];
}
