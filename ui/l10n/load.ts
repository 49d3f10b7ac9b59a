// Loads the catalogue of the page's language. Only for the bundler, which makes one chunk of each language; the server
// announces it to the browser in the head of the page.

import { useWords, type Catalogue } from "./words.ts";

const CATALOGUES: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  en: () => import("./en.ts"),
  de: () => import("./de.ts"),
};

/** A language whose file does not arrive is replaced by English: a call in English is better than none. */
export async function loadWords(language: string, pack: string, catalogues = CATALOGUES): Promise<void> {
  const known = language in catalogues ? language : "en";
  const load = async (name: string) => useWords(name, (await catalogues[name]!()).default, pack);
  await load(known).catch(() => load("en"));
}
