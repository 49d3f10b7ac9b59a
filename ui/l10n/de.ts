// The catalogue of one language, as one chunk.

import call from "../../crates/l10n/locales/de/call.ftl?raw";
import beauty from "../../crates/l10n/locales/de/packs/beauty.ftl?raw";
import clinic from "../../crates/l10n/locales/de/packs/clinic.ftl?raw";
import general from "../../crates/l10n/locales/de/packs/general.ftl?raw";
import therapy from "../../crates/l10n/locales/de/packs/therapy.ftl?raw";
import refusals from "../../crates/l10n/locales/de/refusals.ftl?raw";
import type { Catalogue } from "./words.ts";

export default {
  shared: [refusals, call],
  packs: { general, beauty, therapy, clinic },
} satisfies Catalogue;
