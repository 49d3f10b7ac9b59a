// Loads the catalogue of the page's language. Only for the bundler, which makes one chunk of each language; the server
// announces it to the browser in the head of the page.

import { useWords, type Catalogue } from "./words.ts";

const CATALOGUES: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  en: () => import("./en.ts"),
  de: () => import("./de.ts"),
};

export async function loadWords(language: string, pack: string): Promise<void> {
  const known = language in CATALOGUES ? language : "en";
  const catalogue = await CATALOGUES[known]?.();
  if (catalogue) useWords(known, catalogue.default, pack);
}
