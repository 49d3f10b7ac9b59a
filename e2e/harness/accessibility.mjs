// What a page looks like and whether everybody can use it: pictures for people, axe for the rules.
import { join } from "node:path";

import { AxeBuilder } from "@axe-core/playwright";

import { OUT } from "./chromium.mjs";

/** @typedef {import("./tab.mjs").Person} Person */

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * What breaks the rules on the page as it stands, one line each; a whole-page picture is taken on the way.
 *
 * @param {Person} person
 * @param {string} name of the picture
 * @returns {Promise<string[]>}
 */
export async function faults({ page }, name) {
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true, animations: "disabled" });
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${name}: ${id} (${help}) at ${node.target.join(" ")}: ${node.any[0]?.message ?? node.html}`),
  );
}
