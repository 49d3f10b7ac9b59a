// Data packets, streams, RPC and participant attributes reach the participants they are addressed to.
import assert from "node:assert/strict";
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";

/** Three clients that know of each other: data from an unknown participant has no sender. */
async function joinThree({ join }) {
  const participants = await Promise.all(["ada", "ben", "cleo"].map((name) => join(name)));
  for (const participant of participants) {
    await eventually(`${participant.name} knows both`, () => participant.evaluate(() => client.room.remoteParticipants.size === 2));
  }
  return participants;
}

roomStoryOnBothPaths("data packets reach their destinations, reliable and lossy", async (room) => {
  const [ada, ben, cleo] = await joinThree(room);
  await ada.evaluate(async () => {
    const { sendText } = client;
    await sendText("to all", { reliable: true, topic: "t" });
    await sendText("to ben", { reliable: true, destinationIdentities: ["ben"] });
    await sendText("lossy to all", { reliable: false });
    await sendText("lossy to ben", { reliable: false, destinationIdentities: ["ben"] });
    await sendText("the end", { reliable: true });
  });
  for (const [participant, count] of [[ben, 5], [cleo, 3]]) {
    await eventually(`${participant.name} has all packets`, async () => (await participant.evaluate(() => client.receivedData)).length >= count);
  }
  const packet = (text, reliable, topic) => ({ text, from: "ada", reliable, ...(topic && { topic }) });
  const sorted = async (participant) => JSON.parse(JSON.stringify((await participant.evaluate(() => client.receivedData)).sort((a, b) => (a.text < b.text ? -1 : 1))));
  const all = [packet("lossy to all", false), packet("the end", true), packet("to all", true, "t")];
  assert.deepEqual(await sorted(cleo), all);
  const bens = [packet("lossy to all", false), packet("lossy to ben", false), packet("the end", true), packet("to all", true, "t"), packet("to ben", true)];
  assert.deepEqual(await sorted(ben), bens);
  assert.deepEqual(await ada.evaluate(() => client.receivedData), [], "a sender does not receive its own packets");
});

roomStoryOnBothPaths("a long text, a file and a chat message arrive complete", async (room) => {
  const [ada, ben, cleo] = await joinThree(room);
  for (const participant of [ben, cleo]) {
    await participant.evaluate(() => {
      client.room.registerTextStreamHandler("letter", async (reader, { identity }) => client.receivedData.push({ text: await reader.readAll(), from: identity }));
      client.room.registerByteStreamHandler("files", async (reader, { identity }) => {
        const bytes = new Blob(await reader.readAll());
        const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await bytes.arrayBuffer()));
        client.receivedData.push({ file: reader.info.name, size: bytes.size, digest: [...digest].join(), from: identity });
      });
    });
  }
  const digest = await ada.evaluate(async () => {
    const { localParticipant } = client.room;
    await localParticipant.sendText("ä long letter. ".repeat(5_000), { topic: "letter" });
    await localParticipant.sendText("for ben", { topic: "letter", destinationIdentities: ["ben"] });
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at) % 251);
    await localParticipant.sendFile(new File([bytes], "scan.bin"), { topic: "files", mimeType: "application/octet-stream" });
    await localParticipant.sendChatMessage("good morning");
    return [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join();
  });
  const has = (participant, count) => eventually(`${participant.name} has all streams`, async () => (await participant.evaluate(() => client.receivedData)).length >= count);
  await Promise.all([has(ben, 3), has(cleo, 2)]);
  for (const [participant, letters] of [[ben, 2], [cleo, 1]]) {
    const received = await participant.evaluate(() => client.receivedData);
    assert.equal(received.filter(({ text }) => text).length, letters);
    assert.equal(received.find(({ text }) => text?.length > 100).text, "ä long letter. ".repeat(5_000));
    assert.deepEqual(received.find(({ file }) => file), { file: "scan.bin", size: 300_000, digest, from: "ada" });
    await participant.receivesEvent("chatMessage", ({ message }, who) => message === "good morning" && who === "ada");
  }
});

roomStoryOnBothPaths("an RPC returns the result or the error", async (room) => {
  const [ada, ben] = await joinThree(room);
  await ben.evaluate(() => {
    client.room.registerRpcMethod("pulse", async ({ callerIdentity, payload }) => `${callerIdentity}, ${payload}: 72`);
    client.room.registerRpcMethod("long", async ({ payload }) => payload.toUpperCase());
    client.room.registerRpcMethod("none", async () => { throw new LiveKit.RpcError(101, "no pulse"); });
  });
  const perform = (method, payload = "") => ada.evaluate(
    ([method, payload]) => client.room.localParticipant.performRpc({ destinationIdentity: "ben", method, payload })
      .catch(({ code, message }) => ({ code, message })),
    [method, payload],
  );
  assert.equal(await perform("pulse", "at rest"), "ada, at rest: 72");
  assert.equal(await perform("long", "x".repeat(12_000)), "X".repeat(12_000));
  assert.deepEqual(await perform("none"), { code: 101, message: "no pulse" });
  assert.equal((await perform("weight")).code, 1400);
});

roomStoryOnBothPaths("changed name, metadata and attributes reach everybody, also latecomers", async ({ join }) => {
  const claims = { name: "Ada", metadata: "before", attributes: { ward: "3", bed: "1" } };
  const [ada, ben] = await Promise.all([join("ada", { claims }), join("ben")]);
  await ada.evaluate(async () => {
    await client.room.localParticipant.setName("Dr. Ada");
    await client.room.localParticipant.setMetadata("after");
    await client.room.localParticipant.setAttributes({ ward: "4", bed: "" });
  });
  await ben.receivesEvent("participantNameChanged", (name, who) => name === "Dr. Ada" && who === "ada");
  await ben.receivesEvent("participantMetadataChanged", (previous, who) => previous === "before" && who === "ada");
  await ben.receivesEvent("participantAttributesChanged", ({ ward }, who) => ward === "4" && who === "ada");
  const cleo = await join("cleo");
  const adaAt = (participant) => participant.evaluate(() => {
    const { name, metadata, attributes } = client.room.getParticipantByIdentity("ada");
    return { name, metadata, attributes };
  });
  for (const participant of [ada, ben, cleo]) {
    const { attributes, ...rest } = await adaAt(participant);
    assert.deepEqual(rest, { name: "Dr. Ada", metadata: "after" });
    assert.equal(attributes.ward, "4");
    assert.ok(!attributes.bed, `${participant.name} still has the removed attribute`);
  }
});

roomStoryOnBothPaths("metadata changes without the permission are refused", async ({ join }) => {
  const ada = await join("ada", { grant: { canUpdateOwnMetadata: false } });
  const refusal = await ada.evaluate(() => client.room.localParticipant.setMetadata("mine").then(() => "done", ({ reasonName }) => reasonName));
  assert.equal(refusal, "NOT_ALLOWED");
});
