// What people write, send and say about themselves reaches whom it is for.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

/** Three who know of each other: what is said before that is from nobody. */
async function three({ comes }) {
  const people = await Promise.all(["ada", "ben", "cleo"].map((name) => comes(name)));
  for (const person of people) {
    await eventually(`${person.name} knows of both`, () => person.asks(() => me.room.remoteParticipants.size === 2));
  }
  return people;
}

onBothPaths("packets reach all or one, for sure or as they come", async (call) => {
  const [ada, ben, cleo] = await three(call);
  await ada.asks(async () => {
    const say = (text, how) => me.room.localParticipant.publishData(new TextEncoder().encode(text), how);
    await say("to all", { reliable: true, topic: "t" });
    await say("to ben", { reliable: true, destinationIdentities: ["ben"] });
    await say("quick to all", { reliable: false });
    await say("quick to ben", { reliable: false, destinationIdentities: ["ben"] });
    await say("the end", { reliable: true });
  });
  for (const [person, count] of [[ben, 5], [cleo, 3]]) {
    await eventually(`${person.name} has everything`, async () => (await person.asks(() => me.received)).length >= count);
  }
  const packet = (text, reliable, topic) => ({ text, from: "ada", reliable, ...(topic && { topic }) });
  const sorted = async (person) => JSON.parse(JSON.stringify((await person.asks(() => me.received)).sort((a, b) => (a.text < b.text ? -1 : 1))));
  const all = [packet("quick to all", false), packet("the end", true), packet("to all", true, "t")];
  assert.deepEqual(await sorted(cleo), all);
  const his = [packet("quick to all", false), packet("quick to ben", false), packet("the end", true), packet("to all", true, "t"), packet("to ben", true)];
  assert.deepEqual(await sorted(ben), his);
  assert.deepEqual(await ada.asks(() => me.received), [], "nobody hears themselves");
});

onBothPaths("a long text, a file and a chat message arrive whole", async (call) => {
  const [ada, ben, cleo] = await three(call);
  for (const person of [ben, cleo]) {
    await person.asks(() => {
      me.room.registerTextStreamHandler("letter", async (reader, { identity }) => me.received.push({ text: await reader.readAll(), from: identity }));
      me.room.registerByteStreamHandler("files", async (reader, { identity }) => {
        const bytes = new Blob(await reader.readAll());
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer()));
        me.received.push({ file: reader.info.name, size: bytes.size, digest: [...digest].join(), from: identity });
      });
    });
  }
  const digest = await ada.asks(async () => {
    const { localParticipant } = me.room;
    await localParticipant.sendText("ä long letter. ".repeat(5_000), { topic: "letter" });
    await localParticipant.sendText("for ben", { topic: "letter", destinationIdentities: ["ben"] });
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) % 251);
    await localParticipant.sendFile(new File([bytes], "scan.bin"), { topic: "files", mimeType: "application/octet-stream" });
    await localParticipant.sendChatMessage("good morning");
    return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join();
  });
  const has = (person, count) => eventually(`${person.name} has it all`, async () => (await person.asks(() => me.received)).length >= count);
  await Promise.all([has(ben, 3), has(cleo, 2)]);
  for (const [person, letters] of [[ben, 2], [cleo, 1]]) {
    const received = await person.asks(() => me.received);
    assert.equal(received.filter(({ text }) => text).length, letters);
    assert.equal(received.find(({ text }) => text?.length > 100).text, "ä long letter. ".repeat(5_000));
    assert.deepEqual(received.find(({ file }) => file), { file: "scan.bin", size: 300_000, digest, from: "ada" });
    await person.isTold("chatMessage", ({ message }, who) => message === "good morning" && who === "ada");
  }
});

onBothPaths("one asks another's page a question and gets the answer, or why there is none", async (call) => {
  const [ada, ben] = await three(call);
  await ben.asks(() => {
    me.room.registerRpcMethod("pulse", async ({ callerIdentity, payload }) => `${callerIdentity}, ${payload}: 72`);
    me.room.registerRpcMethod("long", async ({ payload }) => payload.toUpperCase());
    me.room.registerRpcMethod("none", async () => { throw new LiveKit.RpcError(101, "no pulse"); });
  });
  const ask = (method, payload = "") => ada.asks(
    ([method, payload]) => me.room.localParticipant.performRpc({ destinationIdentity: "ben", method, payload })
      .catch(({ code, message }) => ({ code, message })),
    [method, payload],
  );
  assert.equal(await ask("pulse", "at rest"), "ada, at rest: 72");
  assert.equal(await ask("long", "x".repeat(12_000)), "X".repeat(12_000));
  assert.deepEqual(await ask("none"), { code: 101, message: "no pulse" });
  assert.equal((await ask("weight")).code, 1400);
});

onBothPaths("what somebody says about themselves is known to all, and to who comes later", async ({ comes }) => {
  const facts = { name: "Ada", metadata: "in the hall", attributes: { ward: "3", bed: "1" } };
  const [ada, ben] = await Promise.all([comes("ada", { facts }), comes("ben")]);
  await ada.asks(async () => {
    await me.room.localParticipant.setName("Dr. Ada");
    await me.room.localParticipant.setMetadata("at the desk");
    await me.room.localParticipant.setAttributes({ ward: "4", bed: "" });
  });
  await ben.isTold("participantNameChanged", (name, who) => name === "Dr. Ada" && who === "ada");
  await ben.isTold("participantMetadataChanged", (before, who) => before === "in the hall" && who === "ada");
  await ben.isTold("participantAttributesChanged", ({ ward }, who) => ward === "4" && who === "ada");
  const cleo = await comes("cleo");
  const known = (person) => person.asks(() => {
    const { name, metadata, attributes } = me.room.getParticipantByIdentity("ada");
    return { name, metadata, attributes };
  });
  for (const person of [ada, ben, cleo]) {
    const { attributes, ...rest } = await known(person);
    assert.deepEqual(rest, { name: "Dr. Ada", metadata: "at the desk" });
    assert.equal(attributes.ward, "4");
    assert.ok(!attributes.bed, `${person.name} still knows of a bed`);
  }
});

onBothPaths("who may not change what is said about them is told so", async ({ comes }) => {
  const ada = await comes("ada", { grant: { canUpdateOwnMetadata: false } });
  const refusal = await ada.asks(() => me.room.localParticipant.setMetadata("mine").then(() => "done", ({ reasonName }) => reasonName));
  assert.equal(refusal, "NOT_ALLOWED");
});
