// Connections that break, and calls that go on. The scenarios are those of livekit-client's `simulateScenario`, without
// `subscriber-bandwidth` (no effect on LiveKit's server either), `force-tls` (needs a TURN server and its certificate)
// and `disconnect-signal-on-resume` (the client closes its own socket, as in `signal-reconnect`, and our server ignores
// the rest of the request: a story of ours breaks the socket during the resume instead).
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { roomStory, roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { joinToken } from "../../harness/livekit/server-api.mjs";
import { receiveEachOther, rendersVideo } from "../../harness/media.mjs";

/** `DisconnectReason` of livekit-client. */
const SERVER_SHUTDOWN = 3;
/** Frames painted while the signalling socket is away: it is for some seconds, at fifteen a second. */
const MEANWHILE = 10;

/** Two clients that receive each other. */
async function joinTwo({ join }) {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await Promise.all([ada.publish(), ben.publish()]);
  await receiveEachOther(ada, ben);
  return [ada, ben];
}

/** Runs this scenario, and waits until the client has reconnected. */
async function simulate(participant, scenario) {
  const before = await participant.eventCount("reconnected");
  await participant.evaluate((scenario) => client.room.simulateScenario(scenario), scenario);
  await eventually(`${participant.name} has reconnected after ${scenario}`, async () =>
    (await participant.eventCount("reconnected")) > before, { within: 30_000 });
}

roomStoryOnBothPaths("a broken signalling socket interrupts neither media nor data", async (room) => {
  const [ada, ben] = await joinTwo(room);
  const sid = await participantSid(ada);
  await simulate(ada, "signal-reconnect");
  await ben.evaluate(() => client.sendText("still there?"));
  await ada.receivesEvent("dataReceived", (text) => text === "still there?");
  await receiveEachOther(ada, ben);
  await isSameSession(ada, ben, sid);
});

for (const when of ["before", "after"]) {
  roomStoryOnBothPaths(`a socket that breaks ${when} the resume's answer is resumed again`, async (room) => {
    const [ada, ben] = await joinTwo(room);
    const sid = await participantSid(ada);
    await ada.evaluate(breakNextResume, when);
    await simulate(ada, "signal-reconnect");
    await eventually("ada has opened a second socket to resume", async () => (await ada.evaluate(() => client.resumeSockets)) > 1);
    await eventually("ada is connected", () => ada.evaluate(() => client.room.state === "connected" && !client.room.engine.pendingReconnect));
    await receiveEachOther(ada, ben);
    await isSameSession(ada, ben, sid);
  });
}

/**
 * Runs in the page: closes the next socket that resumes the session, before or after the server's first message. Counts
 * these sockets as `client.resumeSockets`.
 */
function breakNextResume(when) {
  client.resumeSockets = 0;
  const Native = globalThis.WebSocket;
  globalThis.WebSocket = class extends Native {
    constructor(url, protocols) {
      super(url, protocols);
      client.resumeSockets += 1;
      if (client.resumeSockets > 1) return;
      this.addEventListener(when === "before" ? "open" : "message", () => this.close(3000, "broken by the story"), { once: true });
    }
  };
}

function participantSid(participant) {
  return participant.evaluate(() => client.room.localParticipant.sid);
}

/** Nobody received a leave or lost a track, and ada's video went on while her socket was away. */
async function isSameSession(ada, ben, sid) {
  assert.equal(await participantSid(ada), sid, "ada's session id changed");
  for (const participant of [ada, ben]) {
    for (const event of ["trackUnsubscribed", "participantDisconnected", "trackUnpublished"]) {
      assert.equal(await participant.eventCount(event), 0, `${participant.name} received ${event}`);
    }
  }
  const turns = (await ada.evaluate(() => client.events)).filter(({ name }) => /^(signalReconnecting|reconnected)$/.test(name));
  assert.deepEqual([turns[0]?.name, turns.at(-1)?.name], ["signalReconnecting", "reconnected"]);
  const [from, to] = [turns[0].at, turns.at(-1).at];
  const painted = await ada.evaluate(([from, to]) => document.querySelector("video").paintTimes.filter((at) => at > from && at < to).length, [from, to]);
  assert.ok(painted >= MEANWHILE, `while ada's socket was away, ${painted} frames were painted in ${to - from} ms`);
}

roomStoryOnBothPaths("after a full reconnect all tracks are received again", async (room) => {
  const [ada, ben] = await joinTwo(room);
  for (const scenario of ["resume-reconnect", "full-reconnect", "node-failure", "migration"]) {
    await simulate(ada, scenario);
    await receiveEachOther(ada, ben);
    assert.equal(await ben.evaluate(() => client.room.remoteParticipants.size), 1);
  }
  await ada.evaluate(() => client.room.simulateScenario("server-leave"));
  await ada.receivesEvent("disconnected", (reason) => reason === SERVER_SHUTDOWN);
  await ben.receivesEvent("participantDisconnected", (who) => who === "ada");
});

// LiveKit's own server does not support this scenario; ours sends this before it shuts down.
roomStory("a leave request for a full reconnect is followed", async (room) => {
  const [ada, ben] = await joinTwo(room);
  await simulate(ada, "leave-full-reconnect");
  await receiveEachOther(ada, ben);
});

roomStoryOnBothPaths("a client that forces TCP is connected by TCP", async (room) => {
  const [ada, ben] = await joinTwo(room);
  await simulate(ada, "force-tcp");
  await receiveEachOther(ada, ben);
  assert.deepEqual(await transportProtocols(ada), ["tcp"]);
  assert.deepEqual(await transportProtocols(ben), ["udp"]);
});

/** The protocols of the selected candidate pairs. */
function transportProtocols(participant) {
  return participant.evaluate(async () => {
    const protocols = [];
    for (const transport of [client.room.engine.pcManager.publisher, client.room.engine.pcManager.subscriber]) {
      const report = await transport?.getStats();
      for (const stats of report?.values() ?? []) {
        if (stats.type !== "transport") continue;
        const pair = report.get(stats.selectedCandidatePairId);
        protocols.push(report.get(pair.localCandidateId).protocol);
      }
    }
    return [...new Set(protocols)];
  });
}

roomStory("a simulated speaker update is sent and ends", async ({ join }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await ada.evaluate(() => client.setCamera(true).then(() => null)); // no audio: every speaker is a simulated one
  await rendersVideo(ben, ada);
  await ada.evaluate(() => client.room.simulateScenario("speaker"));
  await ada.receivesEvent("activeSpeakersChanged", (speakers) => speakers.includes("ada"));
  await ada.receivesEvent("activeSpeakersChanged", (speakers) => speakers.length === 0);
});

roomStory("a client that fails on /rtc/v1 connects on /rtc", async ({ open, server, room, join }) => {
  const ada = await join("ada");
  const ben = await open("ben");
  await ben.evaluate(async ([url, token]) => {
    await client.createRoom({ singlePeerConnection: true });
    client.room.simulateScenario("fail-on-v1-path");
    await client.room.connect(url, token);
  }, [server.ws, await joinToken(room, "ben")]);
  assert.equal(await ben.evaluate(() => client.room.engine.pcManager.subscriber !== undefined), true, "two peer connections");
  await Promise.all([ada.publish(), ben.publish()]);
  await receiveEachOther(ada, ben);
});
