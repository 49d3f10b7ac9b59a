// Loads the catalogue of the page's language. Only for the bundler, which makes one chunk of each language; the server
// announces it to the browser in the head of the page.

import { useWords, type Catalogue } from "./words.ts";

type Catalogues = Readonly<Record<string, () => Promise<{ default: Catalogue }>>>;

const CALL: Catalogues = {
  en: () => import("./en.ts"),
  de: () => import("./de.ts"),
};

/** Of the scripts on pages for staff. */
const SITE: Catalogues = {
  en: () => import("./site-en.ts"),
  de: () => import("./site-de.ts"),
};

/** A language whose file does not arrive is replaced by English: a call in English is better than none. */
export async function loadWords(language: string, pack: string, catalogues = CALL): Promise<void> {
  const known = language in catalogues ? language : "en";
  const load = async (name: string) => useWords(name, (await catalogues[name]!()).default, pack);
  await load(known).catch(() => load("en"));
}

/**
 * Scripts of pages for staff do their work without sentences too, and before they have arrived: they use `find`, and leave
 * what the server has written where there is none.
 */
export async function loadSiteWords(language: string, catalogues = SITE): Promise<void> {
  await loadWords(language, "general", catalogues).catch(() => undefined);
}
