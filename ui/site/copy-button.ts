// A button beside a link that puts it on the clipboard. Without scripts the link is there to be selected.

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
    button.textContent = "Copied";
  } catch {
    // No clipboard for us (plain http, or refused): select it, the keyboard does the rest.
    field.focus();
    button.textContent = "Press Ctrl+C or ⌘C";
  }
  setTimeout(() => { button.textContent = label; }, 2500);
}
