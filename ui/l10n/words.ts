// The sentences of the page's language with the nouns of the practice's wording pack: Fluent messages, the same files
// from which the server makes its pages (crates/l10n/locales). They are loaded before the call element is defined.

import { FluentBundle, FluentResource } from "@fluent/bundle";

export type Arguments = Readonly<Record<string, string | number>>;

/** The texts of one language: what every wording pack shares, and each pack. */
export interface Catalogue {
  shared: readonly string[];
  packs: Readonly<Record<string, string>>;
}

let bundle = new FluentBundle("en");
let rightToLeft = false;
let report: (error: Error) => void = () => undefined;

/** `onError` is for tests: a person is shown the rest of the sentence. */
export function useWords(language: string, catalogue: Catalogue, pack: string, onError = report): void {
  report = onError;
  rightToLeft = RIGHT_TO_LEFT.includes(language);
  bundle = new FluentBundle(language, { useIsolating: false }); // see `isolated`
  const nouns = catalogue.packs[pack] ?? catalogue.packs["general"] ?? "";
  for (const text of [...catalogue.shared, nouns]) {
    for (const error of bundle.addResource(new FluentResource(text))) report(error);
  }
}

/** The sentence of this id. */
export function t(id: string, args: Arguments = {}): string {
  return find(id, args) ?? (report(new Error(`there is no message ${id}`)), "");
}

/** The same, or undefined if there is no such message: for ids made from codes that the server sends, and for scripts that
 * work without sentences. */
export function find(id: string, args: Arguments = {}): string | undefined {
  const pattern = bundle.getMessage(id)?.value;
  if (!pattern) return undefined;
  const isolatedArgs = Object.entries(args).map(([name, value]) => [name, typeof value === "string" ? isolated(value) : value]);
  const errors: Error[] = [];
  const text = bundle.formatPattern(pattern, Object.fromEntries(isolatedArgs), errors);
  errors.forEach(report);
  return text;
}

/** For `Intl`. English dates are those of Great Britain, as on the server. */
export function locale(): string {
  const [language = "en"] = bundle.locales;
  return language === "en" ? "en-GB" : language;
}

/** The language of the page, for requests. */
export function language(): string {
  return bundle.locales[0] ?? "en";
}

const RIGHT_TO_LEFT: readonly string[] = ["ar", "fa", "he", "ur"];

/** Letters that are written from right to left: the blocks that Unicode reserves for such scripts. */
const OTHER_DIRECTION = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Isolates a name that would change the order of the sentence around it (UAX #9), as the server does. */
export function isolated(text: string): string {
  return rightToLeft || OTHER_DIRECTION.test(text) ? `\u2068${text}\u2069` : text;
}
