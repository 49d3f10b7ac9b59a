import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "./messages.ts";
import { opened } from "./testing/fixtures.ts";

test("people are named with the practice's own words", () => {
  const therapy = { ...opened().standing, words: { host: "therapist", guest: "client", consultation: "session" }, people: [] };
  assert.equal(words.appointment.title(therapy), "Your session with your\u00a0therapist");
  assert.equal(words.notification.starting(therapy), "Your session is starting");
});
