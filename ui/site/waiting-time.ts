// Waiting time as the server formats it: whole minutes, rounded down.

import { t } from "../l10n/words.ts";

const MINUTE = 60_000;

export function waitingTime(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE);
  return minutes < 1 ? t("site-waited-just-now") : t("site-waited-minutes", { minutes });
}
