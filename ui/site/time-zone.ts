// Preselects the browser's time zone in forms where none is set.

export function preselectTimeZone(page: Document): void {
  for (const select of page.querySelectorAll<HTMLSelectElement>("select[data-guess-zone]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const known = [...select.options].some((option) => option.value === zone);
    if (select.value === "" && known) select.value = zone;
  }
}
