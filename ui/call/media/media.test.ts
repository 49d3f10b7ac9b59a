import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness } from "./audio-level.ts";
import { addReport, rateConnection, NO_STATS, type StatsTotals } from "./connection-quality.ts";
import { protocolsTried } from "./media-paths.ts";
import { connectFailureOf } from "./connect-failure.ts";
import { preflightProblem, deviceProblemOf } from "./device-errors.ts";
import { isInAppBrowser } from "./in-app-browser.ts";

test("getUserMedia errors map to device problems", () => {
  assert.equal(deviceProblemOf("NotAllowedError"), "blocked");
  assert.equal(deviceProblemOf("NotFoundError"), "missing");
  assert.equal(deviceProblemOf("NotReadableError"), "busy");
  assert.equal(deviceProblemOf("OverconstrainedError"), "unsuitable");
  assert.equal(deviceProblemOf("SomethingNewError"), "unknown");
});

test("an insecure page is reported before devices are requested", () => {
  assert.equal(preflightProblem({ secure: false, supported: false }), "insecure");
  assert.equal(preflightProblem({ secure: true, supported: false }), "unsupported");
  assert.equal(preflightProblem({ secure: true, supported: true }), undefined);
});

test("in-app browsers are recognised, ordinary browsers are not", () => {
  assert.ok(isInAppBrowser("Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 Instagram 350.0"));
  assert.ok(isInAppBrowser("Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537 Chrome/130 Mobile Safari/537 [FB_IAB/FB4A]"));
  assert.ok(!isInAppBrowser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"));
  assert.ok(!isInAppBrowser("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537 Chrome/156.0.0.0 Mobile Safari/537"));
  assert.ok(!isInAppBrowser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"));
});

test("level meter is empty for silence and full for speech", () => {
  assert.equal(loudness(0), 0);
  assert.equal(loudness(0.0005), 0);
  assert.ok(loudness(0.05) > 0.5);
  assert.equal(loudness(0.5), 1);
});

test("connection quality compares two readings of the statistics", () => {
  const before: StatsTotals = { ...NO_STATS, received: 1000, lost: 900, expectsMedia: true };
  const arrived = (more: Partial<StatsTotals>): StatsTotals => ({ ...before, received: 1200, ...more });
  assert.equal(rateConnection(before, arrived({})), "good", "earlier losses do not count");
  assert.equal(rateConnection(before, arrived({ lost: 930 })), "weak");
  assert.equal(rateConnection(before, arrived({ remoteLoss: 0.2 })), "weak");
  assert.equal(rateConnection(before, arrived({ roundTripS: 0.8 })), "weak");
  assert.equal(rateConnection(before, arrived({ received: 1000 })), "lost");
  assert.equal(rateConnection(before, arrived({ received: 1000, expectsMedia: false })), "good", "no media is expected");
});

test("the ways that were tried are named once each", () => {
  const candidate = (protocol: string) => ({ type: "remote-candidate", protocol });
  assert.deepEqual(protocolsTried([candidate("tcp"), candidate("udp"), candidate("udp"), { type: "local-candidate", protocol: "udp" }]), ["UDP", "TCP"]);
  assert.deepEqual(protocolsTried([]), []);
});

test("a connection that fails after signalling is blocked media, unless it was refused", () => {
  const refused = { status: 403, message: "could not establish signal connection: superseded: newer ticket" };
  assert.deepEqual(connectFailureOf(refused, undefined), { kind: "refused", code: "superseded", message: "newer ticket" });
  assert.deepEqual(connectFailureOf(new Error("timeout"), undefined), { kind: "unreachable" });
  assert.deepEqual(connectFailureOf(new Error("timeout"), ["UDP"]), { kind: "media-blocked", tried: ["UDP"] });
});

test("addReport sums RTP entries and ignores others", () => {
  const sum = addReport(NO_STATS, [
    { type: "inbound-rtp", packetsReceived: 10, packetsLost: 1 },
    { type: "inbound-rtp", packetsReceived: 5 },
    { type: "remote-inbound-rtp", fractionLost: 0.1, roundTripTime: 0.05 },
    { type: "codec" },
  ]);
  assert.deepEqual(sum, { ...NO_STATS, received: 15, lost: 1, remoteLoss: 0.1, roundTripS: 0.05 });
});
