// The first visit to a new server, which has no accounts yet.
import { join } from "node:path";
import { after, test } from "node:test";

import { startAnteroom } from "../harness/anteroom.mjs";
import { closeChromium, OUT } from "../harness/chromium.mjs";
import { openDesktop } from "../harness/tab.mjs";

test("the setup link creates the practice, once only", { timeout: 60_000 }, async () => {
  const program = await startAnteroom(["serve", "--listen", "127.0.0.1:0"], { log: join(OUT, "setup.log") });
  const admin = await openDesktop("admin");
  try {
    const line = await program.prints((line) => line.includes("/setup?code="));
    const { page } = admin;
    const link = line.match(/http:\/\/\S+/)?.[0] ?? "";

    // A visitor without the link learns where it is.
    await admin.open(new URL("/", link).href);
    await page.waitForURL(/\/setup$/);
    await admin.showsText("This server is not set up yet");

    await admin.open(link);
    await page.getByLabel(/practice/i).fill("Okafor & Brandt");
    await page.getByLabel(/medicine/i).check();
    await page.getByLabel(/your name/i).fill("Mira Lindqvist");
    await page.getByLabel(/e-?mail/i).fill("mira@practice.example");
    await page.getByLabel(/password/i).fill("three grey pigeons");
    await admin.press(/set up|create|begin/i);
    await page.waitForURL(/\/day/);
    await admin.showsText("Okafor & Brandt");

    // A second visit without the cookie gets the login page.
    await admin.context.clearCookies();
    await admin.open(new URL("/setup", page.url()).href);
    await page.waitForURL(/\/login/);
  } finally {
    await admin.close();
    await program.stop();
  }
});

after(closeChromium);
