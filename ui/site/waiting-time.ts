// Waiting time as the server formats it: whole minutes, rounded down.

import { find } from "../l10n/words.ts";

const MINUTE = 60_000;

/** Undefined without the catalogue. */
export function waitingTime(milliseconds: number): string | undefined {
  const minutes = Math.floor(milliseconds / MINUTE);
  // As text, like the server: a number would get a separator of thousands.
  return minutes < 1 ? find("waiting-just-now") : find("duration-minutes", { minutes: String(minutes) });
}
