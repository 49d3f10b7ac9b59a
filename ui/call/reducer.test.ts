// What a person can count on, whatever the order of events.

import assert from "node:assert/strict";
import { test } from "node:test";
import { effects } from "./effects.ts";
import { ENOUGH_TRIES, next } from "./reducer.ts";
import type { Call, CallEvent } from "./state.ts";
import { Chance, forAllOrders } from "./testing/seeded-random.ts";
import { after, NOON, opened, told } from "./testing/fixtures.ts";

test("a guest taps once, waits, and is in the call without another tap", () => {
  let call = after(opened(), { type: "come" });
  assert.deepEqual(call.errands, ["enter"]);
  call = after(call, told(call, { entry: "waiting" }), { type: "errand-done", errand: "enter" });
  assert.equal(call.stage, "waiting");
  call = after(call, told(call, { state: "live", entry: "admitted" }));
  assert.equal(call.stage, "joining");
  assert.equal(call.connection, "joining");
  assert.equal(after(call, { type: "connected" }).stage, "live");
});

test("a tap before the door opens is kept, and the guest goes in when it does", () => {
  const early = after(opened({ door: "too_early" }), { type: "come" });
  assert.equal(early.stage, "early");
  assert.deepEqual(early.errands, []);
  assert.deepEqual(after(early, told(early, { door: "open" })).errands, ["enter"]);
  const calm = after(early, { type: "stay-out" });
  assert.deepEqual(after(calm, told(calm, { door: "open" })).errands, []);
});

test("when the hour comes and the news does not, the page asks, and not every second", () => {
  const early = opened({ door: "too_early" }); // the sample's door opens five minutes before its clock
  const asked = next(early, { type: "tick", at: NOON });
  assert.equal(asked.refreshes, early.refreshes + 1);
  assert.equal(next(asked, { type: "tick", at: NOON + 1000 }).refreshes, asked.refreshes);
});

test("a reload in the middle of a call returns to it without a tap", () => {
  const call = opened({ state: "live", entry: "admitted" }, { here: true });
  assert.equal(call.stage, "joining");
  assert.ok(effects(undefined, call).some((effect) => effect.do === "connect"));
});

test("another device sees a button, and takes nobody's seat by itself", () => {
  const call = opened({ state: "live", entry: "admitted" });
  assert.equal(call.stage, "ready");
  assert.equal(call.connection, "none");
});

test("a seat taken elsewhere stays there until the person says otherwise", () => {
  const live = inCall();
  const gone = after(live, { type: "disconnected", why: "replaced" }, { type: "rested" }, { type: "came-back" });
  assert.equal(gone.stage, "replaced");
  assert.equal(gone.connection, "none");
  assert.equal(after(gone, { type: "come" }).stage, "joining");
});

test("a broken line keeps the call on screen and comes back by itself", () => {
  let call = after(inCall(), { type: "disconnected", why: "lost" });
  assert.equal(call.stage, "live");
  assert.ok(call.resting);
  call = next(call, { type: "rested" });
  assert.equal(call.connection, "joining");
  assert.equal(after(call, { type: "connected" }).stage, "live");
});

test("after enough failed tries the person is told, and one tap tries again", () => {
  let call = inCall();
  for (let n = 0; n < ENOUGH_TRIES; n++) {
    call = after(call, { type: "rested" }, { type: "connect-failed", trouble: { kind: "unreachable" } });
  }
  call = after(call, { type: "disconnected", why: "lost" });
  for (let n = 0; n < ENOUGH_TRIES; n++) {
    call = after(call, { type: "rested" }, { type: "connect-failed", trouble: { kind: "unreachable" } });
  }
  assert.equal(call.stage, "failed");
  assert.equal(after(call, { type: "come" }).stage, "joining");
});

test("a guest who leaves can go back in, and is not walked back in", () => {
  let call = after(inCall(), { type: "leave" });
  assert.equal(call.stage, "left");
  assert.deepEqual(call.errands, ["depart"]);
  call = after(call, told(call, { state: "live", entry: "left" }), { type: "errand-done", errand: "depart" }, { type: "rested" });
  assert.deepEqual(call.errands, []);
  assert.deepEqual(after(call, { type: "come" }).errands, ["enter"]);
});

test("a host who leaves does not end the call for the guest", () => {
  const call = after(inCall("host"), { type: "leave" });
  assert.equal(call.stage, "left");
  assert.deepEqual(call.errands, []);
});

test("who left may still end it for everyone, and is asked first", () => {
  const left = after(inCall("host"), { type: "leave" }, { type: "ask", dialog: "end" });
  assert.equal(left.dialog, "end");
  assert.deepEqual(next(left, { type: "end" }).errands, ["end"]);
  assert.equal(after(inCall(), { type: "ask", dialog: "end" }).dialog, undefined, "a guest without the right is not even asked");
});

test("a declined guest is told, and asks again only by a tap", () => {
  let call = opened({ entry: "waiting", state: "live" }, { here: true });
  call = after(call, told(call, { entry: "declined", state: "live" }), { type: "rested" });
  assert.equal(call.stage, "declined");
  assert.deepEqual(call.errands, []);
  assert.deepEqual(after(call, { type: "come" }).errands, ["enter"]);
});

test("a guest whose network fails at the door stays armed and tries again", () => {
  let call = after(opened(), { type: "come" });
  call = after(call, { type: "errand-failed", errand: "enter", trouble: { kind: "unreachable" } });
  assert.deepEqual(call.errands, []);
  assert.deepEqual(after(call, { type: "rested" }).errands, ["enter"]);
});

test("a yes that leaves the guest outside is not asked for in a circle", () => {
  const call = after(opened(), { type: "come" }, { type: "errand-done", errand: "enter" });
  assert.deepEqual(call.errands, []);
  assert.ok(call.resting);
});

test("an answer that was overtaken changes nothing", () => {
  const call = inCall();
  const late = told(call, { state: "live", entry: "waiting", now: NOON - 1 });
  assert.equal(next(call, late).standing, call.standing);
});

test("a camera that fails keeps nobody out", () => {
  const call = after(opened(), { type: "come" }, { type: "device", which: "camera", state: "problem", problem: "blocked" });
  assert.equal(after(call, told(call, { entry: "waiting" })).stage, "waiting");
});

test("who goes on without a camera is not nagged, and switching it on asks anew", () => {
  const failed = after(opened(), { type: "come" }, { type: "device", which: "camera", state: "problem", problem: "busy" });
  const without = next(failed, { type: "do-without" });
  assert.deepEqual([without.camera.wanted, without.camera.problem], [false, undefined]);
  assert.equal(without.microphone, failed.microphone);
  const again = next(without, { type: "toggle", which: "camera" });
  assert.ok(again.camera.wanted && again.camera.tries > failed.camera.tries);
});

test("a camera lost while the phone slept is asked for again when the page is back", () => {
  const asleep = after(inCall(), { type: "visible", visible: false }, { type: "device", which: "camera", state: "lost" });
  assert.equal(asleep.camera.state, "lost");
  assert.equal(next(asleep, { type: "visible", visible: true }).camera.state, "asking");
});

test("property: ended is final", () => {
  anyOrder((before, _event, now) => {
    if (before.stage === "ended") assert.equal(now.stage, "ended");
  });
});

test("property: nobody is live without a ticket for this visit", () => {
  anyOrder((before, event, now) => {
    if (now.connection === "up" && before.connection !== "up") assert.notEqual(before.connection, "none");
    if (now.stage === "live" && before.stage !== "live") {
      assert.ok(event.type === "connected" || before.wasUp, `live after ${event.type}`);
    }
    if (now.stage === "live") {
      assert.equal(now.standing.consultation.state, "live");
      assert.ok(now.standing.role === "host" || now.standing.entry === "admitted");
    }
  });
});

test("property: no camera and no microphone before a tap", () => {
  const taps: readonly CallEvent["type"][] = ["look", "come", "start"];
  anyOrder((before, event, now, seen) => {
    seen.tapped ||= taps.includes(event.type);
    for (const effect of effects(before, now)) {
      if (effect.do === "devices" && (effect.wants.camera.held || effect.wants.microphone.held)) assert.ok(seen.tapped);
    }
  });
});

test("property: the room is asked for only where the server lets the person in", () => {
  anyOrder((before, _event, now) => {
    for (const effect of effects(before, now)) {
      if (effect.do === "connect") assert.ok(now.standing.may.ticket && now.place === "here");
    }
  });
});

test("property: outside the call nothing stays open", () => {
  anyOrder((_before, _event, now) => {
    if (now.stage === "live" || now.stage === "joining") return;
    assert.equal(now.connection, "none");
    assert.equal(now.screen, "off");
    assert.deepEqual(now.seats, []);
  });
});

test("property: every errand under way was performed once", () => {
  anyOrder((before, _event, now) => {
    const begun = effects(before, now).filter((effect) => effect.do === "errand").map((effect) => effect.errand);
    for (const errand of now.errands) assert.ok(before.errands.includes(errand) !== begun.includes(errand));
  });
});

function inCall(role: "guest" | "host" = "guest"): Call {
  const call = opened({ role, state: "live", entry: "admitted" }, { here: true });
  return after(call, { type: "connected" });
}

function anyOrder(promise: (before: Call, event: CallEvent, now: Call, seen: { tapped: boolean }) => void): void {
  forAllOrders((chance) => {
    let call = opened({ role: chance.pick(["guest", "host"] as const), door: chance.pick(["too_early", "open"] as const) });
    const seen = { tapped: false };
    for (let n = 0; n < 40; n++) {
      const event = anyEvent(chance, call);
      const now = next(call, event);
      promise(call, event, now, seen);
      call = now;
    }
  });
}

function anyEvent(chance: Chance, call: Call): CallEvent {
  const trouble = chance.pick([
    { kind: "unreachable" },
    { kind: "refused", code: "superseded", message: "" },
    { kind: "refused", code: "too_early", message: "" },
    { kind: "refused", code: "not_admitted", message: "" },
  ] as const);
  const errand = chance.pick([...call.errands, "enter" as const]);
  return chance.pick<() => CallEvent>([
    () => told(call, {
      state: chance.pick(["planned", "live", "live", "ended"] as const),
      entry: chance.pick(["outside", "waiting", "admitted", "admitted", "declined", "left"] as const),
      door: chance.pick(["too_early", "open", "open", "open", "too_late", "cancelled"] as const),
      now: Date.parse(call.standing.now) + chance.below(4000) - 1000,
      waiting: chance.pick([[], ["par_mira"]]),
    }),
    () => ({ type: "come" }),
    () => ({ type: "come" }),
    () => ({ type: "look" }),
    () => ({ type: "start" }),
    () => ({ type: "leave" }),
    () => ({ type: "end" }),
    () => ({ type: "stay-out" }),
    () => ({ type: "connected" }),
    () => ({ type: "connected" }),
    () => ({ type: "connect-failed", trouble }),
    () => ({ type: "reconnecting" }),
    () => ({ type: "reconnected" }),
    () => ({ type: "disconnected", why: chance.pick(["replaced", "put-out", "lost"] as const) }),
    () => ({ type: "errand-done", errand }),
    () => ({ type: "errand-failed", errand, trouble }),
    () => ({ type: "rested" }),
    () => ({ type: "came-back" }),
    () => ({ type: "tick", at: NOON }),
    () => ({ type: "visible", visible: chance.below(2) === 0 }),
    () => ({ type: "share", on: chance.below(2) === 0 }),
    () => ({ type: "screen", state: chance.pick(["on", "off"] as const) }),
    () => ({ type: "toggle", which: chance.pick(["camera", "microphone"] as const) }),
    () => ({ type: "device", which: chance.pick(["camera", "microphone"] as const), state: chance.pick(["ready", "lost", "problem"] as const) }),
    () => ({ type: "flip" }),
    () => ({ type: "seats", seats: [{ id: "par_host", name: "", camera: true, microphone: true, screen: false, speaking: false }] }),
    () => ({ type: "ask", dialog: chance.pick(["leave", "end", "devices"] as const) }),
  ])();
}
