// Small help for the server's pages; every page works without it.

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/pages.css";

import { enableCopyButtons } from "./copy-button.ts";
import { watchDay } from "./day.ts";
import { preselectTimeZone } from "./time-zone.ts";

enableCopyButtons(document);
preselectTimeZone(document);
watchDay(document);
