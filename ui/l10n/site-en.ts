// The texts of the scripts on pages for staff, as one chunk.

import site from "../../crates/l10n/locales/en/site.ftl?raw";
import times from "../../crates/l10n/locales/en/times.ftl?raw";
import type { Catalogue } from "./words.ts";

export default { shared: [site, times], packs: {} } satisfies Catalogue;
