// The day page consists of parts that the server renders. The stream sends all of them at first and at midnight, later the
// list alone; a poll answers with the whole page.

import { REQUEST_TIMEOUT_MS } from "../protocol/consultation-client.ts";
import { problemOf, Unreachable } from "../protocol/problem.ts";
import type { StatusSource } from "../protocol/status-stream.ts";
import { overtakenRows, type RowVersions } from "./row-versions.ts";

/** `data-live` is the address of the stream, `data-page` the address of the page itself. */
export function dayUpdates({ live = "", page = "" }: DOMStringMap): StatusSource<Document, RowVersions> {
  return {
    url: live,
    event: "day",
    parse: (html) => new DOMParser().parseFromString(html, "text/html"),
    version: rowVersions,
    async poll() {
      // A browser that asks for HTML would be redirected to the login page instead of receiving the refusal.
      const init: RequestInit = { headers: { accept: "*/*" }, cache: "no-store", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
      const response = await fetch(page, init).catch((cause: unknown) => {
        throw new Unreachable(cause);
      });
      if (!response.ok) throw await problemOf(response);
      const whole = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!whole.getElementById("day-list")) throw new Unreachable("response is not the day page");
      return whole;
    },
  };
}

/** The title of the page, which changes at midnight. */
export function titleOf(day: ParentNode): string | undefined {
  return day.querySelector<HTMLElement>("[data-title]")?.dataset["title"];
}

/** The versions of the rows of a page or an update. */
export function rowVersions(day: ParentNode): RowVersions {
  const rows = [...day.querySelectorAll<HTMLElement>("[data-appointment][data-version]")];
  return new Map(rows.map((row) => [row.dataset["appointment"] ?? "", Number(row.dataset["version"])]));
}

/**
 * Replaces the parts that are in the update and differ, and keeps the focus, and rows that are newer. `asked`: the versions
 * that the page had when it asked.
 */
export function replaceParts(day: ParentNode, update: ParentNode, asked: RowVersions): void {
  for (const id of overtakenRows(rowVersions(day), rowVersions(update), asked)) {
    const [newer, older] = [day, update].map((page) => page.querySelector(`[data-appointment="${CSS.escape(id)}"]`));
    if (newer) older?.replaceWith(newer.cloneNode(true));
  }
  for (const part of update.querySelectorAll<HTMLElement>("[data-part]")) {
    const old = day.querySelector<HTMLElement>(`[data-part="${part.dataset["part"]}"]`);
    // A part that is the same stays: a person may be typing into the date field.
    if (old && !old.isEqualNode(part)) replaceKeepingFocus(old, part);
  }
}

function replaceKeepingFocus(old: HTMLElement, replacement: HTMLElement): void {
  const focused = old.ownerDocument.activeElement;
  const href = focused instanceof HTMLAnchorElement && old.contains(focused) ? focused.getAttribute("href") : null;
  old.replaceWith(replacement);
  if (href !== null) replacement.querySelector<HTMLAnchorElement>(`a[href="${CSS.escape(href)}"]`)?.focus();
}
