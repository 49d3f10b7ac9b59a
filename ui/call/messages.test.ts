import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LANGUAGES, PACKS, useTestWords } from "../l10n/testing.ts";
import { t } from "../l10n/words.ts";
import type { Person, Standing } from "../protocol/standing.ts";
import { messages } from "./messages.ts";
import { openCall } from "./testing/fixtures.ts";

const NOBODY: Standing = { ...openCall().standing, people: [] };

test("messages use the wording of the practice", () => {
  useTestWords("en", "therapy");
  assert.equal(messages.appointment.title(openCall().standing), "Your session with Dr.\u00a0Weber");
  assert.equal(messages.notification.starting, "Your session is starting");
  useTestWords("de", "therapy");
  assert.equal(messages.appointment.title(openCall().standing), "Ihre Sitzung mit Dr.\u00a0Weber");
  assert.equal(messages.hostPrejoin.title(NOBODY), "Sitzung mit Ihrer Klientin oder Ihrem Klienten");
  useTestWords("de", "general");
  assert.equal(messages.hostPrejoin.title(NOBODY), "Gespräch mit Ihrem Gast");
});

test("who has no name in the standing has a noun", () => {
  const guest: Standing = { ...NOBODY, role: "guest" };
  useTestWords("en", "clinic");
  assert.equal(messages.appointment.title(guest), "Your consultation with your doctor");
  assert.equal(messages.waitingRoom.title(guest), "Waiting for your doctor");
  assert.equal(messages.guestPrejoin.joinHint(guest), "Your doctor will see that you are waiting.");
  assert.equal(messages.hostPrejoin.title({ ...NOBODY, role: "host" }), "Consultation with your patient");
  useTestWords("de", "clinic");
  assert.equal(messages.appointment.title(guest), "Ihr Termin mit Ihrer Ärztin oder Ihrem Arzt");
  assert.equal(messages.waitingRoom.title(guest), "Warten auf Ihre Ärztin oder Ihren Arzt");
});

test("no sentence shows that a name is missing", () => {
  for (const language of LANGUAGES) {
    for (const pack of PACKS) {
      useTestWords(language, pack);
      for (const text of everyText(messages)) assert.doesNotMatch(text, /unnamed/);
    }
  }
});

const PERSON = { name: "Mira Lang", seen_at: null } as Person;

test("every message exists in every language and pack, with its arguments", () => {
  for (const language of LANGUAGES) {
    for (const pack of PACKS) {
      useTestWords(language, pack); // throws an error for what is missing
      const texts = everyText(messages);
      assert.ok(texts.length > 150, `${texts.length}`);
      for (const text of texts) assert.match(text, /\S/);
    }
  }
});

/** Every getter, and every function with the arguments that it takes. */
function everyText(of: object): string[] {
  return Object.entries(of).flatMap(([name, value]): string[] => {
    if (name === "unknown") return []; // no connection quality yet: no text
    if (typeof value === "string") return [value];
    if (typeof value !== "function") return everyText(value as object);
    return callsOf(name, value as (...args: unknown[]) => string);
  });
}

function callsOf(name: string, call: (...args: unknown[]) => string): string[] {
  if (name === "requestFailure") return [call({ kind: "unreachable" }), call({ kind: "media-blocked", tried: [] }), call({ kind: "media-blocked", tried: ["UDP", "TCP"] }), call({ kind: "refused", code: "too_early", message: "" })];
  if (name === "guestGone") return [call(PERSON, NOBODY)];
  if (name === "waitingFor" || name === "waiting") return [call(30_000), call(90_000)];
  const counted = ["hereOf"];
  if (counted.includes(name)) return [call(1, 2)];
  const named = ["guestWaiting", "moved", "expelTitle", "expelExplanation", "guestOpened", "guestLeft", "guestInRoom", "screenOf", "joined", "left", "shares", "backOf", "interruptedOf", "stillOf", "pausedOf", "soundlessOf", "nothingFrom", "startsIn", "unnamed"];
  if (named.includes(name)) return [call("Mira", 2)];
  if (name === "qualityOf") return [call("weak", "Mira"), call("lost", "Mira")];
  if (name === "stopped") return [call("camera"), call("microphone")];
  if (name === "unsentOf") return [call("camera", "Mira"), call("microphone", "Mira"), call("both", "Mira")];
  if (name === "unsent") return [call("camera"), call("microphone"), call("both")];
  if (name === "label") return [call("camera", true), call("camera", false), call("microphone", true), call("microphone", false)];
  if (name === "advice") return DEVICE_PROBLEMS.map((problem) => call(problem));
  if (call.length === 2 && name === "title") return DEVICE_PROBLEMS.flatMap((problem) => ["camera", "microphone", "both"].map((what) => call(what, problem)));
  return [openCall().standing, NOBODY, { ...NOBODY, role: "host" }].map((standing) => call(standing, 90_000));
}

const DEVICE_PROBLEMS = ["blocked", "missing", "busy", "unsuitable", "insecure", "unsupported", "unknown"] as const;

test("the catalogue of the call has no message that is not used", () => {
  const used = ["messages.ts", "time-format.ts"].map((file) => readFileSync(`call/${file}`, "utf8")).join();
  const ids = [...readFileSync("../crates/l10n/locales/en/call.ftl", "utf8").matchAll(/^([a-z][a-z-]*) =/gm)].map((match) => match[1] ?? "");
  assert.deepEqual(ids.filter((id) => !used.includes(`t("${id}"`)), []);
  assert.ok(ids.length > 150);
});

test("names of the other direction are isolated, others are not", () => {
  useTestWords("en");
  assert.equal(t("reader-joined", { name: "Mira Lang" }), "Mira Lang joined");
  assert.equal(t("reader-joined", { name: "ليلى" }), "\u2068ليلى\u2069 joined");
});
