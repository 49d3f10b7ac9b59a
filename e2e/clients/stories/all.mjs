// Every story in one process: one server, one browser, and windows that are opened once.
import { readdir } from "node:fs/promises";

for (const name of (await readdir(import.meta.dirname)).sort()) {
  if (name.endsWith(".test.mjs")) await import(`./${name}`);
}
