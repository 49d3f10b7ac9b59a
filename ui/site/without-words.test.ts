// The scripts on pages for staff before the catalogue has arrived, or if it never does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadSiteWords } from "../l10n/load.ts";
import { useWords } from "../l10n/words.ts";
import { arrived, notification, tabTitle } from "./day-words.ts";
import { waitingTime } from "./waiting-time.ts";

function noWordsYet(): void {
  useWords("de", { shared: [], packs: {} }, "general", () => undefined);
}

function leavesWhatTheServerWrote(): void {
  assert.equal(waitingTime(240_000), undefined, "the text of the server stays");
  assert.equal(tabTitle("Freitag", 0, false), "Freitag");
  assert.equal(tabTitle("Freitag", 2, true), "(2) · Freitag");
  assert.equal(arrived(["Mara Lindt", "Wei Zhang"]), "Mara Lindt und Wei Zhang");
  assert.deepEqual(notification(2, "Freitag"), ["(2) Freitag", ""]);
}

test("a catalogue that cannot be loaded takes no text away", async () => {
  noWordsYet();
  const rejects = () => Promise.reject(new Error("offline"));
  await loadSiteWords("de", { de: rejects, en: rejects });
  leavesWhatTheServerWrote();
});

test("a catalogue that never arrives takes no text away and delays nothing", () => {
  noWordsYet();
  void loadSiteWords("de", { de: () => new Promise(() => undefined) });
  leavesWhatTheServerWrote();
});
