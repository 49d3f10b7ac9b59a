// Runs every story in one process: they share one server, one browser, and pages that are opened once.
import { readdir } from "node:fs/promises";

for (const name of (await readdir(import.meta.dirname)).sort()) {
  if (name.endsWith(".test.mjs")) await import(`./${name}`);
}
