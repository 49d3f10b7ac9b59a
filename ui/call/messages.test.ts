import assert from "node:assert/strict";
import { test } from "node:test";
import { messages } from "./messages.ts";
import { openCall } from "./testing/fixtures.ts";

test("messages use the wording of the practice", () => {
  const therapy = { ...openCall().standing, words: { host: "therapist", guest: "client", consultation: "session" }, people: [] };
  assert.equal(messages.appointment.title(therapy), "Your session with your\u00a0therapist");
  assert.equal(messages.notification.starting(therapy), "Your session is starting");
});
