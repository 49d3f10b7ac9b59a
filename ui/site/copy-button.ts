// Copy buttons: copy the link in a field to the clipboard. Without scripts the link can be selected by hand.

import { find } from "../l10n/words.ts";

export function enableCopyButtons(page: Document): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const field = page.getElementById(button.dataset["copy"] ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => void copy(field, button));
    field.addEventListener("focus", () => field.select());
  }
}

async function copy(field: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = find("site-copied") ?? label;
  } catch {
    // No clipboard access (plain HTTP, or refused): select the link, so that a key press copies it.
    field.focus();
    button.textContent = find("site-copy-by-hand") ?? label;
  }
  setTimeout(() => { button.textContent = label; }, 2500);
}
