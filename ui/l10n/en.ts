// The catalogue of one language, as one chunk.

import call from "../../crates/l10n/locales/en/call.ftl?raw";
import beauty from "../../crates/l10n/locales/en/packs/beauty.ftl?raw";
import clinic from "../../crates/l10n/locales/en/packs/clinic.ftl?raw";
import general from "../../crates/l10n/locales/en/packs/general.ftl?raw";
import therapy from "../../crates/l10n/locales/en/packs/therapy.ftl?raw";
import refusals from "../../crates/l10n/locales/en/refusals.ftl?raw";
import terms from "../../crates/l10n/locales/en/terms.ftl?raw";
import type { Catalogue } from "./words.ts";

export default {
  shared: [terms, refusals, call],
  packs: { general, beauty, therapy, clinic },
} satisfies Catalogue;
