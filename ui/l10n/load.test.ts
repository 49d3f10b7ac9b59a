import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES } from "./testing.ts";

test("every language has its two chunks", () => {
  const loader = readFileSync("l10n/load.ts", "utf8");
  for (const language of LANGUAGES) {
    for (const chunk of [language, `site-${language}`]) {
      assert.ok(loader.includes(`  ${language}: () => import("./${chunk}.ts"),`), `load.ts has no line of ${chunk}.ts`);
      const files = [...readFileSync(`l10n/${chunk}.ts`, "utf8").matchAll(/locales\/([a-z]+)\//g)].map((match) => match[1]);
      assert.ok(files.length > 0 && files.every((of) => of === language), `${chunk}.ts: ${files.join()}`);
    }
  }
});
