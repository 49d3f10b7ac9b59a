// Entry point of the scripts for server-rendered pages; every page works without them.

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/pages.css";

import { enableCopyButtons } from "./copy-button.ts";
import { watchDay } from "./day.ts";
import { preselectTimeZone } from "./time-zone.ts";

enableCopyButtons(document);
preselectTimeZone(document);
watchDay(document);
