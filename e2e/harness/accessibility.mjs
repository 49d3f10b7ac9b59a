// Checks a page with axe, and takes a screenshot of it for review.
import { join } from "node:path";

import { AxeBuilder } from "@axe-core/playwright";

import { OUT } from "./chromium.mjs";

/** @typedef {import("./tab.mjs").Tab} Tab */

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * The page's violations of the rules, one line each. Takes a screenshot of the whole page.
 *
 * @param {Tab} tab
 * @param {string} name of the screenshot
 * @returns {Promise<string[]>}
 */
export async function violations({ page }, name) {
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true, animations: "disabled" });
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${name}: ${id} (${help}) at ${node.target.join(" ")}: ${node.any[0]?.message ?? node.html}`),
  );
}
