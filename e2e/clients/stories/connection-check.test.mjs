// LiveKit's connection test, which support staff ask users to open: every check that needs no cloud.
import assert from "node:assert/strict";
import { roomStory } from "../../harness/livekit/room-story.mjs";
import { joinToken } from "../../harness/livekit/server-api.mjs";

/** `CheckStatus` of livekit-client. */
const SKIPPED = 2;
const SUCCESS = 3;

const CHECKS = ["checkWebsocket", "checkWebRTC", "checkReconnect", "checkPublishAudio", "checkPublishVideo"];

roomStory("LiveKit's connection test passes", async ({ open, server, room }) => {
  const ada = await open("ada");
  const results = await Promise.all([...CHECKS, "checkTURN", "checkConnectionProtocol"].map(async (check, at) => {
    const argument = [server.ws, await joinToken(`${room}-${check}`, `ada-${at}`), check];
    return ada.evaluate(async ([url, token, check]) => ({ check, ...await new LiveKit.ConnectionCheck(url, token)[check]() }), argument);
  }));
  for (const { check, status, logs } of results) {
    const expected = check === "checkTURN" ? SKIPPED : SUCCESS;
    assert.equal(status, expected, `${check}: ${JSON.stringify(logs)}`);
  }
  const warnings = results.find(({ check }) => check === "checkWebRTC").logs.filter(({ level }) => level !== "info");
  assert.deepEqual(warnings, [], "it finds our UDP and TCP candidates");
  const [best] = results.filter(({ check }) => check === "checkConnectionProtocol");
  assert.ok(best.data.count > 5 && best.data.packetsLost === 0, JSON.stringify(best.data));
});
