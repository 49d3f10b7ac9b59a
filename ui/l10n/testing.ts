// For tests: the catalogue of a language from the files, and an error for every message or argument that is missing.

import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { useWords, type Catalogue } from "./words.ts";

/** Tests run in the folder `ui`. */
const LOCALES = "../crates/l10n/locales";

export const LANGUAGES = readdirSync(LOCALES);
export const PACKS = ["general", "beauty", "therapy", "clinic"] as const;

export function useTestWords(language = "en", pack: string = "clinic", chunk = language): void {
  useWords(language, catalogue(chunk), pack, (error) => {
    throw error;
  });
}

/** The same for the scripts on pages for staff. */
export function useSiteTestWords(language = "en"): void {
  useTestWords(language, "general", `site-${language}`);
}

/** The files that the chunk imports, and no other. */
function catalogue(chunk: string): Catalogue {
  const code = readFileSync(`l10n/${chunk}.ts`, "utf8");
  const files = [...code.matchAll(/from "\.\.\/(.*)\?raw"/g)].map((match) => match[1] ?? "");
  const text = (file: string): string => readFileSync(file, "utf8");
  return {
    shared: files.filter((file) => !file.includes("/packs/")).map(text),
    packs: Object.fromEntries(files.filter((file) => file.includes("/packs/")).map((file) => [basename(file, ".ftl"), text(file)])),
  };
}
