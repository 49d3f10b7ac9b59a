// A line breaks, and the call goes on. Each scenario is one that livekit-client itself knows how to play; of those, only
// `subscriber-bandwidth` (nothing comes of it on LiveKit's own server either) and `force-tls` (needs a TURN server and
// its certificate) are not told here.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { seeAndHearEachOther } from "../../harness/livekit/client.mjs";
import { onBothPaths, story } from "../../harness/livekit/room-story.mjs";

/** LiveKit's number for it. */
const SERVER_SHUTDOWN = 3;
/** Pictures that reach a screen while its socket is away: it is for some seconds, in which fifteen a second are sent. */
const MEANWHILE = 10;

/** Two who see and hear each other. */
async function pair({ comes }, options) {
  const [ada, ben] = await Promise.all([comes("ada", { options }), comes("ben", { options })]);
  await Promise.all([ada.publishes(), ben.publishes()]);
  await seeAndHearEachOther(ada, ben);
  return [ada, ben];
}

/** Plays this at somebody's, and waits until they are back. */
async function plays(person, scenario, about) {
  const back = async () => (await person.told()).filter(([event]) => event === "reconnected").length;
  const before = await back();
  await person.asks(([scenario, about]) => me.room.simulateScenario(scenario, about), [scenario, about]);
  await eventually(`${person.name} is back after ${scenario}`, async () => (await back()) > before, { within: 30_000 });
}

onBothPaths("when only the socket breaks, no picture is missed and nothing that was said is lost", async (call) => {
  const [ada, ben] = await pair(call);
  const before = await ada.asks(() => me.room.localParticipant.sid);
  await plays(ada, "signal-reconnect");
  await ben.asks(() => me.room.localParticipant.publishData(new TextEncoder().encode("still there?"), { reliable: true }));
  await ada.isTold("dataReceived", (text) => text === "still there?");

  // A socket that breaks again during the return ends nothing either.
  for (const scenario of ["disconnect-signal-on-resume", "disconnect-signal-on-resume-no-messages"]) {
    await plays(ada, scenario);
  }
  await seeAndHearEachOther(ada, ben);
  assert.equal(await ada.asks(() => me.room.localParticipant.sid), before, "it is the same stay");
  for (const person of [ada, ben]) {
    const told = (await person.told()).map(([event]) => event);
    for (const lost of ["trackUnsubscribed", "participantDisconnected", "trackUnpublished"]) assert.ok(!told.includes(lost), `${person.name} is told ${lost}`);
  }
  const away = (await ada.asks(() => me.told)).filter(({ event }) => /^(signalReconnecting|reconnected)$/.test(event));
  for (const [at, { event }] of away.entries()) assert.equal(event, ["signalReconnecting", "reconnected"][at % 2]);
  for (let at = 0; at < away.length; at += 2) {
    const between = [away[at].at, away[at + 1].at];
    const shown = await ada.asks(([from, to]) => document.querySelector("video").painted.filter((when) => when > from && when < to).length, between);
    assert.ok(shown >= MEANWHILE, `while ada's socket was away she saw ${shown} pictures in ${between[1] - between[0]} ms`);
  }
});

onBothPaths("who has to come in anew is seen and heard again with what they published", async (call) => {
  const [ada, ben] = await pair(call);
  for (const scenario of ["resume-reconnect", "full-reconnect", "node-failure", "migration"]) {
    await plays(ada, scenario);
    await seeAndHearEachOther(ada, ben);
    assert.equal(await ben.asks(() => me.room.remoteParticipants.size), 1);
  }
  await ada.asks(() => me.room.simulateScenario("server-leave"));
  await ada.isTold("disconnected", (reason) => reason === SERVER_SHUTDOWN);
  await ben.isTold("participantDisconnected", (who) => who === "ada");
});

// LiveKit's own server does not play this one; whoever operates a server that must go down says it to everybody.
story("who is told to come in anew does so", async (call) => {
  const [ada, ben] = await pair(call);
  await plays(ada, "leave-full-reconnect");
  await seeAndHearEachOther(ada, ben);
});

onBothPaths("a client that asks for TCP is connected by TCP", async (call) => {
  const [ada, ben] = await pair(call);
  await plays(ada, "force-tcp");
  await seeAndHearEachOther(ada, ben);
  assert.deepEqual(await protocols(ada), ["tcp"]);
  assert.deepEqual(await protocols(ben), ["udp"]);
});

/** By what their packets really go. */
function protocols(person) {
  return person.asks(async () => {
    const protocols = [];
    for (const transport of [me.room.engine.pcManager.publisher, me.room.engine.pcManager.subscriber]) {
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

story("the speakers a client asks to be told of are told", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.asks(() => me.camera(true).then(() => null)); // no sound of anybody's: who speaks now was asked for
  await ben.sees(ada);
  await ada.asks(() => me.room.simulateScenario("speaker"));
  await ada.isTold("activeSpeakersChanged", (who) => who.includes("ada"));
  await ada.isTold("activeSpeakersChanged", (who) => who.length === 0);
});

story("a client that finds no newer path takes the older one", async ({ waits, server, room, comes }) => {
  const ada = await comes("ada");
  const ben = await waits("ben");
  const { token } = await import("../../harness/livekit/servers.mjs");
  await ben.asks(async ([url, token]) => {
    await me.has({ singlePeerConnection: true });
    me.room.simulateScenario("fail-on-v1-path");
    await me.joins(url, token);
  }, [server.ws, await token(room, "ben")]);
  assert.equal(await ben.asks(() => me.room.engine.pcManager.subscriber !== undefined), true, "two connections");
  await Promise.all([ada.publishes(), ben.publishes()]);
  await seeAndHearEachOther(ada, ben);
});
