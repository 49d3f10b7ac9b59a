// Reducer and effects: examples first, then properties that hold for any order of events.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ARRIVING } from "./media/arrivals.ts";
import { effects, waitingGuests } from "./effects.ts";
import { messages } from "./messages.ts";
import { MAX_ATTEMPTS, reduce } from "./reducer.ts";
import { announcement } from "./screen-reader.ts";
import { isAsked } from "./stage.ts";
import type { Call, CallEvent } from "./state.ts";
import { SeededRandom, forAllOrders } from "./testing/seeded-random.ts";
import { titleOf } from "./tab-title.ts";
import { afterEvents, NOW, openCall, standingEvent } from "./testing/fixtures.ts";

test("one tap takes a guest through the waiting room into the call", () => {
  let call = afterEvents(openCall(), { type: "join" });
  assert.deepEqual(call.requests, ["enter"]);
  call = afterEvents(call, standingEvent(call, { entry: "waiting" }), { type: "request-done", request: "enter" });
  assert.equal(call.stage, "waiting");
  call = afterEvents(call, standingEvent(call, { state: "live", entry: "admitted" }));
  assert.equal(call.stage, "joining");
  assert.equal(call.connection, "joining");
  assert.equal(afterEvents(call, { type: "connected" }).stage, "live");
});

test("who is asked whether they are still there answers with one tap", () => {
  const live = afterEvents(openCall({ state: "live", entry: "admitted" }, { here: true }), { type: "connected" });
  assert.deepEqual(afterEvents(live, { type: "still-there" }).requests, [], "nobody has asked");
  const asked = afterEvents(live, standingEvent(live, { state: "live", entry: "admitted", answerUntil: "2026-11-20T12:35:00Z" }));
  assert.equal(asked.stage, "live", "the call goes on meanwhile");
  assert.ok(effects(live, asked).some((effect) => effect.do === "alert-still-there"), "the page may be hidden");
  assert.match(messages.inCall.stillThere(asked.standing), /ends at 13:35 \(Berlin time\)/);
  assert.match(titleOf(asked), /^Still there\?/);
  assert.deepEqual([announcement(live, asked), announcement(asked, asked)], [messages.inCall.stillThere(asked.standing), undefined]);
  const answered = afterEvents(asked, { type: "still-there" });
  assert.deepEqual(answered.requests, ["still-there"]);
  const done = afterEvents(answered, standingEvent(answered, { state: "live", entry: "admitted" }), { type: "request-done", request: "still-there" });
  assert.deepEqual([done.requests, isAsked(done)], [[], false]);
  assert.ok(!effects(answered, done).some((effect) => effect.do === "alert-still-there"));
});

test("a companion goes the same way as a guest", () => {
  let call = afterEvents(openCall({ role: "companion" }), { type: "join" });
  assert.deepEqual(call.requests, ["enter"]);
  call = afterEvents(call, standingEvent(call, { role: "companion", entry: "waiting" }), { type: "request-done", request: "enter" });
  assert.equal(call.stage, "waiting");
  call = afterEvents(call, standingEvent(call, { role: "companion", state: "live", entry: "waiting" }));
  assert.equal(call.stage, "waiting", "the start admits guests only");
  assert.equal(afterEvents(call, standingEvent(call, { role: "companion", state: "live", entry: "declined" })).stage, "declined");
  assert.equal(afterEvents(call, standingEvent(call, { role: "companion", state: "live", entry: "admitted" })).stage, "joining");
});

test("a waiting companion is a row of their own", () => {
  const host = openCall({ role: "host", waiting: ["par_mira", "par_robin"] });
  const people = host.standing.people.map((person) => (person.id === "par_robin" ? { ...person, role: "companion" as const } : person));
  const call = { ...host, standing: { ...host.standing, people } };
  assert.deepEqual(waitingGuests(call).map((person) => person.id), ["par_robin", "par_mira"]);
});

test("a tap before opening enters the waiting room on opening", () => {
  const early = afterEvents(openCall({ door: "too_early" }), { type: "join" });
  assert.equal(early.stage, "early");
  assert.deepEqual(early.requests, []);
  assert.deepEqual(afterEvents(early, standingEvent(early, { door: "open" })).requests, ["enter"]);
  const cancelled = afterEvents(early, { type: "cancel-join" });
  assert.deepEqual(afterEvents(cancelled, standingEvent(cancelled, { door: "open" })).requests, []);
});

test("a waiting guest whose page is closed is not shown as waiting, and announced again when back", () => {
  const host = openCall({ role: "host", waiting: ["par_mira"] });
  const presence = (call: Call, is: "here" | "gone"): Call => {
    const [mira] = call.standing.people;
    const people = mira ? [{ ...mira, presence: is, seen_at: call.standing.now }] : [];
    return { ...call, standing: { ...call.standing, people } };
  };
  const gone = presence(host, "gone");
  assert.deepEqual([waitingGuests(host).length, waitingGuests(gone).length], [1, 0]);
  assert.ok(effects(gone, presence(host, "here")).some((effect) => effect.do === "alert-guest-waiting"));
});

test("a missing opening update is requested, but not every second", () => {
  const early = openCall({ door: "too_early" }); // the fixture's opens_at is five minutes before NOW
  const asked = reduce(early, { type: "tick", at: NOW });
  assert.equal(asked.refreshes, early.refreshes + 1);
  assert.equal(reduce(asked, { type: "tick", at: NOW + 1000 }).refreshes, asked.refreshes);
});

test("pages that wait for the same opening ask one after the other", () => {
  const opensAt = Date.parse(openCall({ door: "too_early" }).standing.door.opens_at);
  const asksAfter = (random: number) => {
    const waiting = openCall({ door: "too_early", now: opensAt - 1000 }, {}, random);
    const asks = (ms: number) => reduce(waiting, { type: "tick", at: opensAt + ms }).refreshes > waiting.refreshes;
    return Array.from({ length: 6 }, (_, second) => second * 1000).find(asks);
  };
  assert.deepEqual([0, 0.2, 0.5, 0.75, 0.999].map(asksAfter), [0, 1000, 2000, 3000, 4000]);
});

test("a standing shows that the status stream is up and sets the clock", () => {
  const down = reduce(openCall(), { type: "status-stream", up: false });
  assert.equal(down.statusStreamUp, false);
  const event = { ...standingEvent(down, { now: NOW + 1000 }), at: NOW - 4000 } as CallEvent;
  const later = reduce(down, event);
  assert.equal(later.statusStreamUp, true);
  assert.equal(later.clockSkewMs, 5000);
});

test("blocked media is reported at the first failure, and given up after the third", () => {
  const failed = { type: "connect-failed", failure: { kind: "media-blocked", tried: ["UDP", "TCP"] } } as const;
  let call = afterEvents(openCall({ state: "live", entry: "admitted" }, { here: true }), failed);
  assert.deepEqual([call.stage, call.notice], ["joining", failed.failure]);
  call = afterEvents(call, { type: "retry-due" }, failed);
  assert.equal(call.stage, "joining");
  assert.equal(afterEvents(call, { type: "retry-due" }, { type: "connected" }).notice, undefined);
  assert.equal(afterEvents(call, { type: "retry-due" }, failed).stage, "failed");
});

test("a connection that sends nothing is made again, without leaving the call", () => {
  const live = { ...inCall("guest"), unsent: "both" as const, linkSilent: true };
  const again = reduce(live, { type: "reconnect-media" });
  assert.deepEqual([again.stage, again.connection, again.linkSilent], ["live", "joining", false]);
  assert.ok(effects(live, again).some((effect) => effect.do === "connect"));
  assert.equal(again.unsent, "both", "until something is sent");
  assert.equal(reduce(again, { type: "leave" }).unsent, undefined);
});

test("a login that ends leads to the login page, but not out of a call", () => {
  const refused = { type: "status-refused", code: "not_logged_in" } as const;
  const ready = openCall({ role: "host" });
  assert.ok(effects(ready, reduce(ready, refused)).some((effect) => effect.do === "log-in"));
  const live = inCall("host");
  const barred = reduce(live, refused);
  assert.deepEqual([barred.stage, barred.barred], ["live", "login"]);
  assert.ok(!effects(live, barred).some((effect) => effect.do === "log-in"));
  assert.equal(reduce(barred, standingEvent(barred, { state: "live" })).barred, undefined, "logged in again in another tab");
});

test("a page that is open too often goes on, and says so", () => {
  const live = inCall("guest");
  const superseded = reduce(live, { type: "status-superseded", superseded: true });
  assert.deepEqual([superseded.stage, superseded.statusSuperseded], ["live", true]);
  const polled = reduce(superseded, standingEvent(superseded, { state: "live" }));
  assert.equal(polled.statusSuperseded, true, "an answer to a poll is no stream");
});

test("a revoked link closes the page, but not a call", () => {
  const refused = { type: "status-refused", code: "unknown_link" } as const;
  assert.equal(reduce(openCall({ entry: "waiting" }, { here: true }), refused).stage, "closed");
  const call = reduce(inCall(), refused);
  assert.equal(call.stage, "live");
  assert.equal(reduce(call, { type: "disconnected", cause: "removed" }).stage, "closed", "they were removed");
});

test("a reload during a call reconnects without a tap", () => {
  const call = openCall({ state: "live", entry: "admitted" }, { here: true });
  assert.equal(call.stage, "joining");
  assert.ok(effects(undefined, call).some((effect) => effect.do === "connect"));
});

test("a second device does not connect without a tap", () => {
  const call = openCall({ state: "live", entry: "admitted" });
  assert.equal(call.stage, "ready");
  assert.equal(call.connection, "none");
});

test("a call moved to another device returns only on a tap", () => {
  const live = inCall();
  const gone = afterEvents(live, { type: "disconnected", cause: "replaced" }, { type: "retry-due" }, { type: "resume" });
  assert.equal(gone.stage, "replaced");
  assert.equal(gone.connection, "none");
  assert.equal(afterEvents(gone, { type: "join" }).stage, "joining");
});

test("a waiting guest who continues elsewhere stops here, at once and without devices", () => {
  const waiting = openCall({ entry: "waiting", place: "here" }, { here: true });
  const gone = reduce(waiting, standingEvent(waiting, { entry: "waiting", place: "elsewhere" }));
  assert.deepEqual([gone.stage, gone.requests], ["replaced", []]);
  assert.ok(effects(waiting, gone).some((effect) => effect.do === "save" && !effect.state.here), "nor after a reload");
  const back = reduce(gone, { type: "join" });
  assert.deepEqual([back.stage, back.requests], ["waiting", ["enter"]]);
  const there = afterEvents(back, standingEvent(back, { entry: "waiting", place: "here" }), { type: "request-done", request: "enter" });
  assert.deepEqual([there.stage, there.requests, there.taking], ["waiting", [], false]);
});

test("a tap takes the seat from another tab, whatever was sent before the server knew", () => {
  const other = openCall({ entry: "waiting", place: "elsewhere" });
  assert.deepEqual([other.stage, other.requests], ["ready", []]);
  const taking = reduce(other, { type: "join" });
  assert.deepEqual(taking.requests, ["enter"]);
  assert.equal(reduce(taking, standingEvent(taking, { entry: "waiting", place: "elsewhere" })).stage, "waiting");
});

test("a guest moves the seat before they connect, a host with the ticket", () => {
  const guest = reduce(openCall({ state: "live", entry: "admitted" }), { type: "join" });
  assert.deepEqual([guest.connection, guest.requests], ["none", ["enter"]]);
  const there = afterEvents(guest, standingEvent(guest, { state: "live", entry: "admitted", place: "here" }), { type: "request-done", request: "enter" });
  assert.equal(there.connection, "joining");
  const host = reduce(openCall({ role: "host", state: "live", place: "elsewhere" }), { type: "join" });
  assert.equal(host.connection, "joining");
  assert.equal(reduce(host, standingEvent(host, { state: "live", place: "elsewhere" })).stage, "joining");
});

test("a reload does not take the seat back", () => {
  const reloaded = openCall({ entry: "waiting" }, { here: true });
  assert.deepEqual([reloaded.stage, reloaded.requests], ["waiting", []]);
  assert.equal(reduce(reloaded, standingEvent(reloaded, { entry: "waiting", place: "elsewhere" })).stage, "replaced");
});

test("a guest who moved is removed after a question, and only by the host", () => {
  const host = openCall({ role: "host", waiting: ["par_mira"] });
  const asked = reduce(host, { type: "dialog", dialog: "expel", about: "par_mira" });
  assert.equal(asked.dialog, "expel");
  assert.deepEqual(reduce(asked, { type: "expel", participantId: "par_mira" }).requests, ["expel par_mira"]);
  assert.equal(reduce(asked, standingEvent(asked, {})).dialog, undefined, "they are gone");
  assert.equal(reduce(inCall(), { type: "dialog", dialog: "expel", about: "par_host" }).dialog, undefined);
});

test("a lost connection keeps the call on screen and reconnects", () => {
  let call = afterEvents(inCall(), { type: "disconnected", cause: "lost" });
  assert.equal(call.stage, "live");
  assert.ok(call.retryPending);
  call = reduce(call, { type: "retry-due" });
  assert.equal(call.connection, "joining");
  assert.equal(afterEvents(call, { type: "connected" }).stage, "live");
});

test("MAX_ATTEMPTS failures end in failed, a tap tries again", () => {
  let call = inCall();
  for (let n = 0; n < MAX_ATTEMPTS; n++) {
    call = afterEvents(call, { type: "retry-due" }, { type: "connect-failed", failure: { kind: "unreachable" } });
  }
  call = afterEvents(call, { type: "disconnected", cause: "lost" });
  for (let n = 0; n < MAX_ATTEMPTS; n++) {
    call = afterEvents(call, { type: "retry-due" }, { type: "connect-failed", failure: { kind: "unreachable" } });
  }
  assert.equal(call.stage, "failed");
  assert.equal(afterEvents(call, { type: "join" }).stage, "joining");
});

test("a guest who left can rejoin but does not rejoin automatically", () => {
  let call = afterEvents(inCall(), { type: "leave" });
  assert.equal(call.stage, "left");
  assert.deepEqual(call.requests, ["depart"]);
  call = afterEvents(call, standingEvent(call, { state: "live", entry: "left" }), { type: "request-done", request: "depart" }, { type: "retry-due" });
  assert.deepEqual(call.requests, []);
  assert.deepEqual(afterEvents(call, { type: "join" }).requests, ["enter"]);
});

test("a host who leaves does not end the call for the guest", () => {
  const call = afterEvents(inCall("host"), { type: "leave" });
  assert.equal(call.stage, "left");
  assert.deepEqual(call.requests, []);
});

test("a host who left can still end the consultation, after confirming", () => {
  const left = afterEvents(inCall("host"), { type: "leave" }, { type: "dialog", dialog: "end" });
  assert.equal(left.dialog, "end");
  assert.deepEqual(reduce(left, { type: "end" }).requests, ["end"]);
  assert.equal(afterEvents(inCall(), { type: "dialog", dialog: "end" }).dialog, undefined, "a guest cannot open the end dialog");
});

test("a guest who left a session that runs late may go back in", () => {
  let call = openCall({ state: "live", entry: "left", door: "too_late" });
  assert.equal(call.stage, "left");
  call = reduce(call, { type: "join" });
  assert.deepEqual(call.requests, ["enter"]);
  call = afterEvents(call, standingEvent(call, { state: "live", entry: "waiting", door: "too_late" }));
  assert.equal(call.stage, "waiting");
});

test("a reload in the waiting room of a late session stays there", () => {
  assert.equal(openCall({ state: "live", entry: "waiting", door: "too_late" }, { here: true }).stage, "waiting");
  assert.equal(openCall({ state: "live", entry: "waiting", door: "too_late" }).stage, "ready", "another device waits on a tap");
  assert.equal(openCall({ state: "live", entry: "outside", door: "too_late" }).stage, "closed", "who was never in is too late");
});

test("a declined guest enters again only on a tap", () => {
  let call = openCall({ entry: "waiting", state: "live" }, { here: true });
  call = afterEvents(call, standingEvent(call, { entry: "declined", state: "live" }), { type: "retry-due" });
  assert.equal(call.stage, "declined");
  assert.deepEqual(call.requests, []);
  assert.deepEqual(afterEvents(call, { type: "join" }).requests, ["enter"]);
});

test("an unreachable server on entering is retried", () => {
  let call = afterEvents(openCall(), { type: "join" });
  call = afterEvents(call, { type: "request-failed", request: "enter", failure: { kind: "unreachable" } });
  assert.deepEqual(call.requests, []);
  assert.deepEqual(afterEvents(call, { type: "retry-due" }).requests, ["enter"]);
});

test("a successful enter that changes nothing is not repeated at once", () => {
  const call = afterEvents(openCall(), { type: "join" }, { type: "request-done", request: "enter" });
  assert.deepEqual(call.requests, []);
  assert.ok(call.retryPending);
});

test("a standing that was overtaken is ignored, whatever its time", () => {
  const call = reduce(inCall(), standingEvent(inCall(), { state: "live", entry: "admitted", version: 7 }));
  const late = standingEvent(call, { state: "live", entry: "waiting", version: 6, now: NOW + 3_600_000 });
  assert.equal(reduce(call, late).standing, call.standing);
});

test("a clock that is set back does not stop updates", () => {
  const call = openCall({ entry: "waiting" }, { here: true });
  const admitted = standingEvent(call, { state: "live", entry: "admitted", now: NOW - 3_600_000 });
  assert.equal(reduce(call, admitted).stage, "joining");
});

test("the state of a server that was restored from a backup is shown", () => {
  const call = reduce(inCall(), standingEvent(inCall(), { state: "live", entry: "admitted", version: 7 }));
  const restored = { ...standingEvent(call, { state: "planned", version: 3 }), asked: 7 } as CallEvent;
  assert.equal(reduce(call, restored).standing.version, 3);
});

test("a camera problem does not block the waiting room", () => {
  const call = afterEvents(openCall(), { type: "join" }, { type: "device-state", kind: "camera", state: "problem", problem: "blocked" });
  assert.equal(afterEvents(call, standingEvent(call, { entry: "waiting" })).stage, "waiting");
});

test("continuing without a camera clears the problem, toggling requests again", () => {
  const failed = afterEvents(openCall(), { type: "join" }, { type: "device-state", kind: "camera", state: "problem", problem: "busy" });
  const without = reduce(failed, { type: "continue-without" });
  assert.deepEqual([without.camera.wanted, without.camera.problem], [false, undefined]);
  assert.equal(without.microphone, failed.microphone);
  const again = reduce(without, { type: "toggle-device", kind: "camera" });
  assert.ok(again.camera.wanted && again.camera.attempts > failed.camera.attempts);
});

test("a camera lost while hidden is requested again when visible", () => {
  const hidden = afterEvents(inCall(), { type: "visible", visible: false }, { type: "device-state", kind: "camera", state: "lost" });
  assert.equal(hidden.camera.state, "lost");
  assert.equal(reduce(hidden, { type: "visible", visible: true }).camera.state, "asking");
});

test("property: ended is final", () => {
  anyOrder((before, _event, now) => {
    if (before.stage === "ended") assert.equal(now.stage, "ended");
  });
});

test("property: live requires a connection of this visit", () => {
  anyOrder((before, event, now) => {
    if (now.connection === "up" && before.connection !== "up") assert.notEqual(before.connection, "none");
    if (now.stage === "live" && before.stage !== "live") {
      assert.ok(event.type === "connected" || before.wasConnected, `live after ${event.type}`);
    }
    if (now.stage === "live") {
      assert.equal(now.standing.consultation.state, "live");
      assert.ok(now.standing.role === "host" || now.standing.entry === "admitted");
    }
  });
});

test("property: no camera and no microphone before a tap", () => {
  const taps: readonly CallEvent["type"][] = ["use-devices", "join", "start"];
  anyOrder((before, event, now, seen) => {
    seen.tapped ||= taps.includes(event.type);
    for (const effect of effects(before, now)) {
      if (effect.do === "capture" && (effect.targets.camera.captured || effect.targets.microphone.captured)) assert.ok(seen.tapped);
    }
  });
});

test("property: connects only where the server would issue a ticket", () => {
  anyOrder((before, _event, now) => {
    for (const effect of effects(before, now)) {
      if (effect.do === "connect") assert.ok(now.standing.may.ticket && now.presence === "here");
    }
  });
});

test("property: outside the call nothing stays connected", () => {
  anyOrder((_before, _event, now) => {
    if (now.stage === "live" || now.stage === "joining") return;
    assert.equal(now.connection, "none");
    assert.equal(now.screenShare, "off");
    assert.deepEqual(now.remoteParticipants, []);
  });
});

test("property: a page whose seat is elsewhere is not in the call, unless a person tapped there", () => {
  anyOrder((_before, event, now) => {
    if (event.type !== "standing" || now.standing !== event.standing || now.standing.place !== "elsewhere") return;
    assert.ok(now.presence !== "here" || now.taking);
  });
});

test("property: every pending request was sent exactly once", () => {
  anyOrder((before, _event, now) => {
    const begun = effects(before, now).filter((effect) => effect.do === "request").map((effect) => effect.request);
    for (const request of now.requests) assert.ok(before.requests.includes(request) !== begun.includes(request));
  });
});

function inCall(role: "guest" | "host" = "guest"): Call {
  const call = openCall({ role, state: "live", entry: "admitted" }, { here: true });
  return afterEvents(call, { type: "connected" });
}

function anyOrder(check: (before: Call, event: CallEvent, now: Call, seen: { tapped: boolean }) => void): void {
  forAllOrders((random) => {
    let call = openCall({ role: random.pick(["guest", "host"] as const), door: random.pick(["too_early", "open"] as const) });
    const seen = { tapped: false };
    for (let n = 0; n < 40; n++) {
      const event = anyEvent(random, call);
      const now = reduce(call, event);
      check(call, event, now, seen);
      call = now;
    }
  });
}

function anyEvent(random: SeededRandom, call: Call): CallEvent {
  const failure = random.pick([
    { kind: "unreachable" },
    { kind: "refused", code: "superseded", message: "" },
    { kind: "refused", code: "too_early", message: "" },
    { kind: "refused", code: "not_admitted", message: "" },
  ] as const);
  const request = random.pick([...call.requests, "enter" as const]);
  return random.pick<() => CallEvent>([
    () => standingEvent(call, {
      state: random.pick(["planned", "live", "live", "ended"] as const),
      entry: random.pick(["outside", "waiting", "admitted", "admitted", "declined", "left"] as const),
      door: random.pick(["too_early", "open", "open", "open", "too_late", "cancelled"] as const),
      now: Date.parse(call.standing.now) + random.below(4000) - 2000,
      version: call.standing.version + random.below(3) - (call.standing.consultation.state === "ended" ? 3 : 1),
      waiting: random.pick([[], ["par_mira"]]),
      place: random.pick(["here", "here", "elsewhere", null] as const),
    }),
    () => ({ type: "join" }),
    () => ({ type: "join" }),
    () => ({ type: "use-devices" }),
    () => ({ type: "start" }),
    () => ({ type: "leave" }),
    () => ({ type: "end" }),
    () => ({ type: "cancel-join" }),
    () => ({ type: "connected" }),
    () => ({ type: "connected" }),
    () => ({ type: "connect-failed", failure }),
    () => ({ type: "reconnecting" }),
    () => ({ type: "reconnected" }),
    () => ({ type: "disconnected", cause: random.pick(["replaced", "removed", "lost"] as const) }),
    () => ({ type: "request-done", request }),
    () => ({ type: "request-failed", request, failure }),
    () => ({ type: "retry-due" }),
    () => ({ type: "resume" }),
    () => ({ type: "reconnect-media" }),
    () => ({ type: "link", silent: random.below(2) === 0 }),
    () => ({ type: "unsent", unsent: random.pick(["camera", "both", undefined] as const) }),
    () => ({ type: "tick", at: NOW }),
    () => ({ type: "visible", visible: random.below(2) === 0 }),
    () => ({ type: "share-screen", on: random.below(2) === 0 }),
    () => ({ type: "screen-share", state: random.pick(["on", "off"] as const) }),
    () => ({ type: "toggle-device", kind: random.pick(["camera", "microphone"] as const) }),
    () => ({ type: "device-state", kind: random.pick(["camera", "microphone"] as const), state: random.pick(["ready", "lost", "problem"] as const) }),
    () => ({ type: "flip-camera" }),
    () => ({ type: "remote-participants", remoteParticipants: [{ id: "par_host", name: "", camera: true, microphone: true, screen: false, speaking: false, quality: "good", ...ARRIVING, screenPaused: false }] }),
    () => ({ type: "dialog", dialog: random.pick(["leave", "end", "devices"] as const) }),
  ])();
}
