import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES, useSiteTestWords } from "../l10n/testing.ts";
import { find } from "../l10n/words.ts";
import { arrived, notification, tabTitle } from "./day-words.ts";

test("the title of the tab says who waits, or that nothing arrives", () => {
  useSiteTestWords("en");
  assert.equal(tabTitle("Friday", 0, true), "Friday");
  assert.equal(tabTitle("Friday", 2, true), "(2) waiting · Friday");
  assert.equal(tabTitle("Friday", 2, false), "Not connected · Friday");
  useSiteTestWords("de");
  assert.deepEqual([1, 2].map((waiting) => tabTitle("Freitag", waiting, true)), ["(1) wartet · Freitag", "(2) warten · Freitag"]);
  assert.equal(tabTitle("Freitag", 0, false), "Keine Verbindung · Freitag");
});

test("who has arrived is named, in a notification only counted", () => {
  useSiteTestWords("en");
  assert.equal(arrived(["Mara Lindt"]), "Mara Lindt is waiting");
  assert.equal(arrived(["Mara Lindt", "Wei Zhang"]), "Mara Lindt and Wei Zhang are waiting");
  assert.deepEqual(notification(1, "Friday"), ["1 person is waiting", "Open your day"]);
  useSiteTestWords("de");
  assert.equal(arrived(["Mara Lindt", "Wei Zhang", "Jo"]), "Mara Lindt, Wei Zhang und Jo warten");
  assert.deepEqual(notification(2, "Freitag"), ["2 Personen warten", "Tagesplan öffnen"]);
});

test("every message exists in every language, with its arguments", () => {
  for (const language of LANGUAGES) {
    useSiteTestWords(language); // throws an error for what is missing
    const texts = siteMessages(language).map((id) => find(id, { count: 2, names: "Mara Lindt" }));
    for (const text of [...texts, find("waiting-just-now"), find("duration-minutes", { minutes: "4" })]) assert.match(text ?? "", /\S/);
  }
});

test("the catalogue of the scripts has no message that is not used", () => {
  const scripts = readdirSync("site").filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const used = scripts.map((file) => readFileSync(`site/${file}`, "utf8")).join();
  const ids = siteMessages("en");
  assert.deepEqual(ids.filter((id) => !used.includes(`find("${id}"`)), []);
  assert.ok(ids.length > 6);
});

function siteMessages(language: string): string[] {
  const text = readFileSync(`../crates/l10n/locales/${language}/site.ftl`, "utf8");
  return [...text.matchAll(/^([a-z][a-z-]*) =/gm)].map((match) => match[1] ?? "");
}
