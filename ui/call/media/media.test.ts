import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness } from "./audio-level.ts";
import { add, judge, NOTHING, type Reading } from "./connection-quality.ts";
import { problemBeforehand, problemNamed } from "./device-errors.ts";
import { isInsideAnotherApp } from "./in-app-browser.ts";

test("every refusal of a browser has a name of ours", () => {
  assert.equal(problemNamed("NotAllowedError"), "blocked");
  assert.equal(problemNamed("NotFoundError"), "missing");
  assert.equal(problemNamed("NotReadableError"), "busy");
  assert.equal(problemNamed("OverconstrainedError"), "unsuitable");
  assert.equal(problemNamed("SomethingNewError"), "unknown");
});

test("a page without https says so before it asks", () => {
  assert.equal(problemBeforehand({ secure: false, supported: false }), "insecure");
  assert.equal(problemBeforehand({ secure: true, supported: false }), "unsupported");
  assert.equal(problemBeforehand({ secure: true, supported: true }), undefined);
});

test("the browsers inside other apps are known, and the ordinary ones are not mistaken for them", () => {
  assert.ok(isInsideAnotherApp("Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 Instagram 350.0"));
  assert.ok(isInsideAnotherApp("Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537 Chrome/130 Mobile Safari/537 [FB_IAB/FB4A]"));
  assert.ok(!isInsideAnotherApp("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"));
  assert.ok(!isInsideAnotherApp("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537 Chrome/156.0.0.0 Mobile Safari/537"));
  assert.ok(!isInsideAnotherApp("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"));
});

test("silence is an empty meter and a clear voice fills it", () => {
  assert.equal(loudness(0), 0);
  assert.equal(loudness(0.0005), 0);
  assert.ok(loudness(0.05) > 0.5);
  assert.equal(loudness(0.5), 1);
});

test("a line is good, weak or lost by what arrived since the last look", () => {
  const before: Reading = { ...NOTHING, received: 1000, lost: 900, expecting: true };
  const arrived = (more: Partial<Reading>): Reading => ({ ...before, received: 1200, ...more });
  assert.equal(judge(before, arrived({})), "good", "old losses are forgiven");
  assert.equal(judge(before, arrived({ lost: 930 })), "weak");
  assert.equal(judge(before, arrived({ missed: 0.2 })), "weak");
  assert.equal(judge(before, arrived({ roundTrip: 0.8 })), "weak");
  assert.equal(judge(before, arrived({ received: 1000 })), "lost");
  assert.equal(judge(before, arrived({ received: 1000, expecting: false })), "good", "nobody sends, nothing is missing");
});

test("a statistics report adds up, whatever else is in it", () => {
  const sum = add(NOTHING, [
    { type: "inbound-rtp", packetsReceived: 10, packetsLost: 1 },
    { type: "inbound-rtp", packetsReceived: 5 },
    { type: "remote-inbound-rtp", fractionLost: 0.1, roundTripTime: 0.05 },
    { type: "codec" },
  ]);
  assert.deepEqual(sum, { ...NOTHING, received: 15, lost: 1, missed: 0.1, roundTrip: 0.05 });
});
