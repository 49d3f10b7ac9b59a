// The rows for companions in the booking form: "Remove" empties a row. Without scripts it is emptied by hand.

export function enableCompanionRows(page: Document): void {
  const rows = [...page.querySelectorAll<HTMLDetailsElement>("details[data-companion]")];
  rows.forEach((row, index) => {
    const button = row.querySelector<HTMLButtonElement>("[data-remove-companion]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => remove(rows, index));
    row.querySelector("summary")?.addEventListener("click", () => {
      row.addEventListener("toggle", () => fieldsOf(row)[0]?.focus(), { once: true }); // the summary is no longer shown
    });
  });
}

/** The rows after it move up, and the last one that was open closes. */
function remove(rows: readonly HTMLDetailsElement[], index: number): void {
  const open = rows.filter((row) => row.open);
  open.forEach((row, place) => {
    if (place < index) return;
    const next = open[place + 1];
    fieldsOf(row).forEach((field, n) => {
      field.value = (next && fieldsOf(next)[n]?.value) ?? "";
      field.removeAttribute("aria-invalid"); // the error was about what is gone
    });
    errorsOf(row).forEach((error) => error.remove());
  });
  const last = open.at(-1);
  if (!last) return;
  last.open = false;
  last.querySelector("summary")?.focus();
}

/** Its own fields, not those of the rows inside of it. */
function fieldsOf(row: HTMLDetailsElement): HTMLInputElement[] {
  return [...row.querySelectorAll<HTMLInputElement>(":scope > fieldset input")];
}

function errorsOf(row: HTMLDetailsElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(":scope > fieldset .field__error")];
}
