// Entry point of the scripts for server-rendered pages; every page works without them.

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/pages.css";

import { loadSiteWords } from "../l10n/load.ts";
import { enableCompanionRows } from "./companions.ts";
import { enableCopyButtons } from "./copy-button.ts";
import { watchDay } from "./day.ts";
import { preselectTimeZone } from "./time-zone.ts";

preselectTimeZone(document);
enableCompanionRows(document);
if (document.querySelector("#day, [data-copy]")) {
  const words = loadSiteWords(document.documentElement.lang);
  enableCopyButtons(document);
  watchDay(document, words);
}
