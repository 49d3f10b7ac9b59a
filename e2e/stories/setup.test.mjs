// The first visit to a new server: nobody has an account, and a minute later a practice can work.
import { join } from "node:path";
import { after, test } from "node:test";

import { closeBrowser, OUT } from "../harness/chromium.mjs";
import { atDesk } from "../harness/tab.mjs";
import { start } from "../harness/anteroom.mjs";

test("a practice is set up on its first page", { timeout: 60_000 }, async () => {
  const program = await start(["serve", "--listen", "127.0.0.1:0"], join(OUT, "setup.log"));
  const admin = await atDesk("admin");
  try {
    const said = await program.said((line) => line.includes("http://"));
    const { page } = admin;
    await admin.opens(said.match(/http:\/\/\S+/)?.[0] ?? "");
    await page.waitForURL(/\/setup$/);
    await page.getByLabel(/practice/i).fill("Okafor & Brandt");
    await page.getByLabel(/medicine/i).check();
    await page.getByLabel(/your name/i).fill("Mira Lindqvist");
    await page.getByLabel(/e-?mail/i).fill("mira@practice.example");
    await page.getByLabel(/password/i).fill("three grey pigeons");
    await admin.presses(/set up|create|begin/i);
    await page.waitForURL(/\/day/);
    await admin.sees("Okafor & Brandt");

    // The door stands open once only.
    await admin.context.clearCookies();
    await admin.opens(new URL("/setup", page.url()).href);
    await page.waitForURL(/\/login/);
  } finally {
    await admin.goes();
    await program.stop();
  }
});

after(closeBrowser);
