// The sound switch of the day page, saved in this browser.

import type { Chime } from "../alerts/chime.ts";
import { t } from "../l10n/words.ts";

const KEY = "anteroom.sound";

/** Shows the button. The result returns whether sound is on. */
export function soundSwitch(button: HTMLElement | null, chime: Chime): () => boolean {
  let on = read() !== "off";
  const show = (): void => {
    button?.setAttribute("aria-pressed", String(on));
    const label = button?.querySelector("span");
    if (label) label.textContent = on ? t("site-sound-on") : t("site-sound-off");
  };
  if (button) button.hidden = false;
  button?.addEventListener("click", () => {
    on = !on;
    save(on ? "on" : "off");
    show();
    if (on) chime.playGuestWaiting();
  });
  show();
  return () => on;
}

/** Storage throws where the browser blocks it; the switch then lasts as long as the page. */
function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function save(value: string): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // not saved
  }
}
