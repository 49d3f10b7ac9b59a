// LiveKit's own connection test, which support desks send people to: every part of it that needs no cloud.
import assert from "node:assert/strict";
import { token } from "../../harness/livekit/servers.mjs";
import { story } from "../../harness/livekit/room-story.mjs";

/** LiveKit's numbers for how a check ended. */
const SKIPPED = 2;
const SUCCESS = 3;

const CHECKS = ["checkWebsocket", "checkWebRTC", "checkReconnect", "checkPublishAudio", "checkPublishVideo"];

story("LiveKit's connection test finds nothing wrong with a server that is well", async ({ waits, server, room }) => {
  const person = await waits("ada");
  const found = await Promise.all([...CHECKS, "checkTURN", "checkConnectionProtocol"].map(async (check, at) => {
    const entry = [server.ws, await token(`${room}-${check}`, `ada-${at}`), check];
    return person.asks(async ([url, token, check]) => ({ check, ...await new LiveKit.ConnectionCheck(url, token)[check]() }), entry);
  }));
  for (const { check, status, logs } of found) {
    const wanted = check === "checkTURN" ? SKIPPED : SUCCESS;
    assert.equal(status, wanted, `${check}: ${JSON.stringify(logs)}`);
  }
  const warned = found.find(({ check }) => check === "checkWebRTC").logs.filter(({ level }) => level !== "info");
  assert.deepEqual(warned, [], "it sees our UDP and our TCP");
  const [best] = found.filter(({ check }) => check === "checkConnectionProtocol");
  assert.ok(best.data.count > 5 && best.data.packetsLost === 0, JSON.stringify(best.data));
});
