// The sound switch of the day page, saved in this browser.

import type { Chime } from "../alerts/chime.ts";

const KEY = "anteroom.sound";

/** Shows the button, whose label says what is set. The result returns whether sound is on. */
export function soundSwitch(button: HTMLElement | null, chime: Chime): () => boolean {
  let on = read() !== "off";
  const label = button?.querySelector("span");
  const labels = { on: label?.textContent ?? "", off: button?.dataset["off"] ?? "" };
  const show = (): void => {
    if (label) label.textContent = on ? labels.on : labels.off;
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
