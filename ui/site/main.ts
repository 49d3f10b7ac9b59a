// Small help for the server's pages; every page works without it.

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/pages.css";

import { offerCopying } from "./copy-button.ts";
import { watchDay } from "./day.ts";
import { guessZone } from "./time-zone.ts";

offerCopying(document);
guessZone(document);
watchDay(document);
