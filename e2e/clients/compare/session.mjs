// One session, the same in every run: who joins, what each client does, what the server API changes meanwhile. Each step
// waits for its effects, and ends with new room metadata that all clients in the room have received: so no report about
// one step comes after a report about the next.
import { eventually } from "../../harness/eventually.mjs";
import { LiveKitClient } from "../../harness/livekit/client.mjs";
import { roomService } from "../../harness/livekit/server-api.mjs";
import { rendersVideo } from "../../harness/media.mjs";

const SUBSCRIBE_ONLY = { canPublish: false, canSubscribe: true, canPublishData: true };
const ALL_PERMISSIONS = { canPublish: true, canSubscribe: true, canPublishData: true, canUpdateMetadata: true };

/** Steps in which an identity gets a new session, by the name of the step. */
export const FULL_RECONNECTS = { "ada makes a full reconnect": "ada", "ben joins with a second client": "ben" };

/**
 * Plays the session in this room. Returns all clients that took part.
 *
 * @param {import("../../harness/livekit/media-server.mjs").MediaServer} server
 * @param {string} room
 * @param {boolean} singlePeerConnection
 * @param {(step: string) => Promise<unknown>} afterStep
 * @returns {Promise<LiveKitClient[]>}
 */
export async function play(server, room, singlePeerConnection, afterStep) {
  const clients = await Promise.all(["ada", "ben", "cleo", "hal", "ben"].map((identity) => LiveKitClient.inChromium(identity)));
  const [ada, ben, cleo, hal, otherBen] = clients;
  const service = roomService(server);
  /** Clients that are in the room. @type {Set<LiveKitClient>} */
  const present = new Set();
  const session = {
    ada, ben, cleo, hal, otherBen, service, room, present,
    join: (participant, how) => participant.join(server, room, { ...how, options: { singlePeerConnection } }),
    step: async (name, run) => {
      await run();
      await service.updateRoomMetadata(room, name);
      await Promise.all([...present].map((participant) => participant.receivesEvent("roomMetadataChanged", (metadata) => metadata === name)));
      await afterStep(name);
    },
  };
  try {
    for (const phase of [joinAndPublish, sendData, changeParticipants, changeTracks, joinLate, reconnect, leave]) await phase(session);
    return clients;
  } catch (error) {
    const last = await Promise.all(clients.map(async (participant) =>
      (await participant.events()).slice(-15).map((event) => `${participant.name} received ${JSON.stringify(event)}`)));
    const logged = clients.flatMap((participant) => participant.consoleErrors);
    error.message += `\n    ${last.flat().join("\n    ")}\n  the pages logged:\n    ${logged.join("\n    ")}`;
    throw error;
  }
}

/** Two clients join, publish, mute and unmute. */
async function joinAndPublish({ ada, ben, present, join, step }) {
  await step("ada joins", async () => {
    await join(ada, { claims: { name: "Ada", metadata: "early", attributes: { ward: "3" } } });
    present.add(ada);
  });
  await step("ben joins", async () => {
    await join(ben);
    present.add(ben);
    await ada.receivesEvent("participantActive", (who) => who === "ben");
  });
  await step("ada publishes her camera", async () => {
    await ada.evaluate(() => client.setCamera(true).then(() => null));
    await Promise.all([ben.receivesEvent("trackSubscribed"), ada.receivesEvent("localTrackSubscribed")]);
    await rendersVideo(ben, ada);
  });
  await step("ada publishes her microphone", async () => {
    await ada.evaluate(() => client.setMicrophone(true).then(() => null));
    await ben.receivesEvent("trackSubscribed", (track) => track === "audio of microphone");
    await eventually("ada receives localTrackSubscribed twice", async () => (await ada.eventCount("localTrackSubscribed")) === 2);
  });
  await step("ben publishes his microphone", async () => {
    await ben.evaluate(() => client.setMicrophone(true).then(() => null));
    await Promise.all([ada.receivesEvent("trackSubscribed"), ben.receivesEvent("localTrackSubscribed")]);
  });
  await step("ada mutes", async () => {
    await ada.evaluate(() => client.setMicrophone(false).then(() => null));
    await ben.receivesEvent("trackMuted");
  });
  await step("ada unmutes", async () => {
    await ada.evaluate(() => client.setMicrophone(true).then(() => null));
    await ben.receivesEvent("trackUnmuted");
  });
}

/** Data between clients, and from the server API. */
async function sendData({ ada, ben, service, room, step }) {
  await step("data is sent", async () => {
    await ada.evaluate(() => client.sendText("all", { reliable: true, topic: "t" }));
    await ben.receivesEvent("dataReceived", (text) => text === "all");
    await ben.evaluate(() => client.sendText("one", { reliable: true, destinationIdentities: ["ada"] }));
    await ada.receivesEvent("dataReceived", (text) => text === "one");
    await ben.evaluate(() => client.sendText("quick", { reliable: false }));
    await ada.receivesEvent("dataReceived", (text) => text === "quick");
    await ada.evaluate(() => client.room.localParticipant.sendChatMessage("good morning"));
    await ben.receivesEvent("chatMessage");
  });
  await step("the server API sends data", async () => {
    await service.sendData(room, new TextEncoder().encode("from the server"), 0, { topic: "p" });
    await Promise.all([ada, ben].map((participant) => participant.receivesEvent("dataReceived", (text) => text === "from the server")));
  });
}

/** Names, metadata, attributes and permissions. */
async function changeParticipants({ ada, ben, service, room, step }) {
  await step("ada changes her attributes", async () => {
    await ada.evaluate(() => client.room.localParticipant.setName("Dr. Ada"));
    await ada.evaluate(() => client.room.localParticipant.setMetadata("late"));
    await ada.evaluate(() => client.room.localParticipant.setAttributes({ ward: "4", bed: "1" }));
    await ben.receivesEvent("participantAttributesChanged");
    await ada.evaluate(() => client.room.localParticipant.setAttributes({ bed: "" }));
    await ben.receivesEvent("participantAttributesChanged", ({ bed }) => bed === "");
  });
  await step("the server API changes ben's attributes", async () => {
    await service.updateParticipant(room, "ben", { name: "Ben", metadata: "guest", attributes: { seat: "2" } });
    await Promise.all([ada, ben].map((participant) => participant.receivesEvent("participantAttributesChanged", (_, who) => who === "ben")));
  });
  await step("ben's publish permission is revoked", async () => {
    await service.updateParticipant(room, "ben", { permission: SUBSCRIBE_ONLY });
    await Promise.all([ben.receivesEvent("participantPermissionsChanged"), ada.receivesEvent("trackUnpublished")]);
    await ben.receivesEvent("localTrackUnpublished");
  });
  await step("ben's publish permission is granted", async () => {
    await service.updateParticipant(room, "ben", { permission: ALL_PERMISSIONS });
    await eventually("ben receives participantPermissionsChanged twice", async () => (await ben.eventCount("participantPermissionsChanged")) >= 2);
    await ben.evaluate(() => client.setMicrophone(true).then(() => null));
    await eventually("ada subscribes to ben's microphone again", async () => (await ada.eventCount("trackSubscribed")) === 2);
    await eventually("ben receives localTrackSubscribed twice", async () => (await ben.eventCount("localTrackSubscribed")) === 2);
  });
}

/** Mutes by the server API, and subscriptions that end and start again. */
async function changeTracks({ ada, ben, service, room, step }) {
  await step("the server API mutes ada's camera", async () => {
    await service.mutePublishedTrack(room, "ada", await trackSid(ada, "camera"), true);
    await Promise.all([ada, ben].map((participant) => participant.receivesEvent("trackMuted", (track) => /camera/.test(track))));
  });
  await step("ada unmutes her camera", async () => {
    await ada.evaluate(() => client.setCamera(true).then(() => null));
    await ben.receivesEvent("trackUnmuted", (track) => /camera/.test(track));
  });
  await step("the server API unsubscribes ben from ada's camera", async () => {
    await service.updateSubscriptions(room, "ben", [await trackSid(ada, "camera")], false);
    await ben.receivesEvent("trackUnsubscribed");
  });
  await step("the server API subscribes ben again", async () => {
    await service.updateSubscriptions(room, "ben", [await trackSid(ada, "camera")], true);
    await eventually("ben has the camera again", async () => (await ben.eventCount("trackSubscribed")) === 3);
  });
  await step("ben unsubscribes from ada's microphone", async () => {
    await ben.evaluate(() => client.room.getParticipantByIdentity("ada").getTrackPublication("microphone").setSubscribed(false));
    await ben.receivesEvent("trackUnsubscribed", (track) => /microphone/.test(track));
  });
  await step("ben subscribes again", async () => {
    await ben.evaluate(() => client.room.getParticipantByIdentity("ada").getTrackPublication("microphone").setSubscribed(true));
    await eventually("ben has the microphone again", async () => (await ben.eventCount("trackSubscribed")) === 4);
  });
  await step("ada revokes all subscriptions", async () => {
    await ada.evaluate(() => client.room.localParticipant.setTrackSubscriptionPermissions(false, []));
    await eventually("ben loses both tracks", async () => (await ben.eventCount("trackUnsubscribed")) === 4);
  });
  await step("ada permits all subscriptions", async () => {
    await ada.evaluate(() => client.room.localParticipant.setTrackSubscriptionPermissions(true));
    await eventually("ben has both tracks", async () => (await ben.eventCount("trackSubscribed")) === 6);
  });
}

/** A third client without the permission to publish, and a hidden one. */
async function joinLate({ ada, ben, cleo, hal, present, join, step }) {
  await step("cleo joins late", async () => {
    await join(cleo, { grant: { canPublish: false } });
    present.add(cleo);
    await eventually("cleo has all three tracks", async () => (await cleo.eventCount("trackSubscribed")) === 3);
    await Promise.all([ada, ben].map((participant) => participant.receivesEvent("participantActive", (who) => who === "cleo")));
  });
  await step("a hidden participant joins and leaves", async () => {
    await join(hal, { grant: { hidden: true, canPublish: false } });
    await eventually("hal has all three tracks", async () => (await hal.eventCount("trackSubscribed")) === 3);
    await hal.evaluate(() => client.room.disconnect());
  });
  await step("cleo may not publish", async () => {
    await cleo.evaluate(() => client.setMicrophone(true).then(() => "published", (error) => client.events.push({ name: "refused", args: [error.name] })));
  });
  await step("ada unpublishes her camera", async () => {
    await ada.evaluate(() => client.unpublish("camera").then(() => null));
    await Promise.all([ben, cleo].map((participant) => participant.receivesEvent("trackUnpublished", (track) => /camera/.test(track))));
  });
}

/** A resume, a full reconnect, and a second client with the same identity. */
async function reconnect({ ada, ben, cleo, otherBen, present, join, step }) {
  await step("ada's signalling socket breaks", async () => {
    await ada.evaluate(() => client.room.simulateScenario("signal-reconnect"));
    await ada.receivesEvent("reconnected");
    await hasReconnected(ada);
    await ada.evaluate(() => client.sendText("here again"));
    await Promise.all([ben, cleo].map((participant) => participant.receivesEvent("dataReceived", (text) => text === "here again")));
  });
  await step("ada makes a full reconnect", async () => {
    await ada.evaluate(() => client.room.simulateScenario("full-reconnect"));
    await eventually("ada has reconnected", async () => (await ada.eventCount("reconnected")) === 2);
    await hasReconnected(ada);
    const sid = await ada.evaluate(() => client.room.localParticipant.sid);
    const hasMicrophone = ([who, sid]) => {
      const participant = client.room.getParticipantByIdentity(who);
      return (!sid || participant?.sid === sid) && participant?.getTrackPublication("microphone")?.isSubscribed;
    };
    await eventually("ben has ada's microphone", () => ben.evaluate(hasMicrophone, ["ada", sid]));
    await eventually("cleo has ada's microphone", () => cleo.evaluate(hasMicrophone, ["ada", sid]));
    await eventually("ada has ben's microphone", () => ada.evaluate(hasMicrophone, ["ben"]));
  });
  await step("ben joins with a second client", async () => {
    await join(otherBen);
    present.delete(ben);
    present.add(otherBen);
    await ben.receivesEvent("disconnected");
    await eventually("the second client has ada's microphone", async () => (await otherBen.eventCount("trackSubscribed")) === 1);
    const sid = await otherBen.evaluate(() => client.room.localParticipant.sid);
    for (const participant of [ada, cleo]) {
      await eventually(`${participant.name} knows the new session`, () => participant.evaluate((sid) => client.room.getParticipantByIdentity("ben")?.sid === sid, sid));
    }
  });
}

/** One leaves, one is removed, and the room is deleted. */
async function leave({ ada, cleo, otherBen, service, room, present, step }) {
  await step("cleo leaves", async () => {
    await cleo.evaluate(() => client.room.disconnect());
    present.delete(cleo);
    await Promise.all([ada, otherBen].map((participant) => participant.receivesEvent("participantDisconnected", (who) => who === "cleo")));
  });
  await step("ben is removed", async () => {
    await service.removeParticipant(room, "ben");
    present.delete(otherBen);
    await otherBen.receivesEvent("disconnected");
    await eventually("ada no longer knows ben", () => ada.evaluate(() => !client.room.getParticipantByIdentity("ben")));
  });
  await service.deleteRoom(room);
  await ada.receivesEvent("disconnected");
}

/** The id of a track that this client publishes. */
function trackSid(participant, source) {
  return participant.evaluate((source) => client.room.localParticipant.getTrackPublication(source).trackSid, source);
}

/**
 * Waits until a reconnect is complete: from "reconnected" until shortly after, livekit-client holds events back, and emits
 * them only after the next reconnect.
 */
function hasReconnected(participant) {
  return eventually(`${participant.name} emits events again`, () => participant.evaluate(() => !client.room.engine.pendingReconnect));
}
