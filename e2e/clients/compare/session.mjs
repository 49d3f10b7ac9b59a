// One call, the same to the letter each time it is played: who comes, what they do, what a program orders meanwhile.
// Each step waits for what it must bring about, and ends with a word to the room that all who are in have read: what a
// server says about one step is then told before anything of the next.
import { eventually } from "../../harness/eventually.mjs";
import { Person } from "../../harness/livekit/client.mjs";

const NOTHING_BUT_DATA = { canPublish: false, canSubscribe: true, canPublishData: true };
const EVERYTHING = { canPublish: true, canSubscribe: true, canPublishData: true, canUpdateMetadata: true };

/**
 * Plays it in this room, and answers with everybody who took part.
 *
 * @param {import("../../harness/livekit/servers.mjs").Server} server
 * @param {string} room
 * @param {boolean} singlePeerConnection
 * @param {(step: string) => Promise<void>} look after each step
 * @returns {Promise<Person[]>}
 */
export async function play(server, room, singlePeerConnection, look) {
  const { rooms } = server;
  const [ada, ben, cleo, hal, otherBen] = await Promise.all(["ada", "ben", "cleo", "hal", "ben"].map(Person.withChromium));
  const everybody = [ada, ben, cleo, hal, otherBen];
  const comes = (person, how) => person.comesIn(server, room, { ...how, options: { singlePeerConnection } });
  const heard = (person, ...wanted) => person.isTold(...wanted);
  const sid = (person, source) => person.asks((source) => me.room.localParticipant.getTrackPublication(source).trackSid, source);
  const count = async (person, event) => (await person.told()).filter(([name]) => name === event).length;
  // livekit-client holds events back from "reconnected" until its own machinery has come to rest a moment later, and
  // forgets to tell them until the next return: what a server says in that moment is not told.
  const listens = (person) => eventually(`${person.name}'s client has come to rest`, () => person.asks(() => !me.room.engine.pendingReconnect));

  /** @type {Person[]} */
  let present = [];
  /** @param {string} name @param {() => Promise<unknown>} deed */
  async function step(name, deed) {
    await deed();
    await rooms.updateRoomMetadata(room, name);
    await Promise.all(present.map((person) => heard(person, "roomMetadataChanged", (word) => word === name)));
    await look(name);
  }
  const goes = (...persons) => (present = present.filter((person) => !persons.includes(person)));

  try {
    await step("ada comes", async () => {
      await comes(ada, { facts: { name: "Ada", metadata: "early", attributes: { ward: "3" } } });
      present.push(ada);
    });
    await step("ben comes", async () => {
      await comes(ben);
      present.push(ben);
      await heard(ada, "participantActive", (who) => who === "ben");
    });
    await step("ada shows her camera", async () => {
      await ada.asks(() => me.camera(true).then(() => null));
      await Promise.all([heard(ben, "trackSubscribed"), heard(ada, "localTrackSubscribed")]);
      await ben.sees(ada);
    });
    await step("ada speaks", async () => {
      await ada.asks(() => me.microphone(true).then(() => null));
      await heard(ben, "trackSubscribed", (track) => track === "audio of microphone");
      await eventually("ada knows it", async () => (await count(ada, "localTrackSubscribed")) === 2);
    });
    await step("ben speaks", async () => {
      await ben.asks(() => me.microphone(true).then(() => null));
      await Promise.all([heard(ada, "trackSubscribed"), heard(ben, "localTrackSubscribed")]);
    });
    await step("ada mutes", async () => {
      await ada.asks(() => me.microphone(false).then(() => null));
      await heard(ben, "trackMuted");
    });
    await step("ada unmutes", async () => {
      await ada.asks(() => me.microphone(true).then(() => null));
      await heard(ben, "trackUnmuted");
    });
    await step("they write to each other", async () => {
      await ada.asks(() => me.room.localParticipant.publishData(new TextEncoder().encode("all"), { reliable: true, topic: "t" }));
      await heard(ben, "dataReceived", (text) => text === "all");
      await ben.asks(() => me.room.localParticipant.publishData(new TextEncoder().encode("one"), { reliable: true, destinationIdentities: ["ada"] }));
      await heard(ada, "dataReceived", (text) => text === "one");
      await ben.asks(() => me.room.localParticipant.publishData(new TextEncoder().encode("quick"), { reliable: false }));
      await heard(ada, "dataReceived", (text) => text === "quick");
      await ada.asks(() => me.room.localParticipant.sendChatMessage("good morning"));
      await heard(ben, "chatMessage");
    });
    await step("a program writes to them", async () => {
      await rooms.sendData(room, new TextEncoder().encode("from afar"), 0, { topic: "p" });
      await Promise.all([ada, ben].map((person) => heard(person, "dataReceived", (text) => text === "from afar")));
    });
    await step("ada says something about herself", async () => {
      await ada.asks(() => me.room.localParticipant.setName("Dr. Ada"));
      await ada.asks(() => me.room.localParticipant.setMetadata("late"));
      await ada.asks(() => me.room.localParticipant.setAttributes({ ward: "4", bed: "1" }));
      await heard(ben, "participantAttributesChanged");
      await ada.asks(() => me.room.localParticipant.setAttributes({ bed: "" }));
      await heard(ben, "participantAttributesChanged", ({ bed }) => bed === "");
    });
    await step("a program says something about ben", async () => {
      await rooms.updateParticipant(room, "ben", { name: "Ben", metadata: "guest", attributes: { seat: "2" } });
      await Promise.all([ada, ben].map((person) => heard(person, "participantAttributesChanged", (_, who) => who === "ben")));
    });
    await step("ben may no longer publish", async () => {
      await rooms.updateParticipant(room, "ben", { permission: NOTHING_BUT_DATA });
      await Promise.all([heard(ben, "participantPermissionsChanged"), heard(ada, "trackUnpublished")]);
      await heard(ben, "localTrackUnpublished");
    });
    await step("ben may again", async () => {
      await rooms.updateParticipant(room, "ben", { permission: EVERYTHING });
      await eventually("ben knows it", async () => (await count(ben, "participantPermissionsChanged")) >= 2);
      await ben.asks(() => me.microphone(true).then(() => null));
      await eventually("ada hears him again", async () => (await count(ada, "trackSubscribed")) === 2);
      await eventually("ben knows it", async () => (await count(ben, "localTrackSubscribed")) === 2);
    });
    await step("a program mutes ada's camera", async () => {
      await rooms.mutePublishedTrack(room, "ada", await sid(ada, "camera"), true);
      await Promise.all([ada, ben].map((person) => heard(person, "trackMuted", (track) => /camera/.test(track))));
    });
    await step("ada shows it again", async () => {
      await ada.asks(() => me.camera(true).then(() => null));
      await heard(ben, "trackUnmuted", (track) => /camera/.test(track));
    });
    await step("a program takes ada's camera from ben", async () => {
      await rooms.updateSubscriptions(room, "ben", [await sid(ada, "camera")], false);
      await heard(ben, "trackUnsubscribed");
    });
    await step("and gives it back", async () => {
      await rooms.updateSubscriptions(room, "ben", [await sid(ada, "camera")], true);
      await eventually("ben sees it again", async () => (await count(ben, "trackSubscribed")) === 3);
    });
    await step("ben does not want ada's voice", async () => {
      await ben.asks(() => me.room.getParticipantByIdentity("ada").getTrackPublication("microphone").setSubscribed(false));
      await heard(ben, "trackUnsubscribed", (track) => /microphone/.test(track));
    });
    await step("and wants it after all", async () => {
      await ben.asks(() => me.room.getParticipantByIdentity("ada").getTrackPublication("microphone").setSubscribed(true));
      await eventually("ben hears it again", async () => (await count(ben, "trackSubscribed")) === 4);
    });
    await step("ada keeps her tracks to herself", async () => {
      await ada.asks(() => me.room.localParticipant.setTrackSubscriptionPermissions(false, []));
      await eventually("ben loses both", async () => (await count(ben, "trackUnsubscribed")) === 4);
    });
    await step("and shares them again", async () => {
      await ada.asks(() => me.room.localParticipant.setTrackSubscriptionPermissions(true));
      await eventually("ben has both", async () => (await count(ben, "trackSubscribed")) === 6);
    });
    await step("cleo comes late", async () => {
      await comes(cleo, { grant: { canPublish: false } });
      present.push(cleo);
      await eventually("cleo has all three", async () => (await count(cleo, "trackSubscribed")) === 3);
      await Promise.all([ada, ben].map((person) => heard(person, "participantActive", (who) => who === "cleo")));
    });
    await step("somebody hidden comes and goes", async () => {
      await comes(hal, { grant: { hidden: true, canPublish: false } });
      await eventually("hal has all three", async () => (await count(hal, "trackSubscribed")) === 3);
      await hal.asks(() => me.room.disconnect());
    });
    await step("cleo may not publish", async () => {
      await cleo.asks(() => me.microphone(true).then(() => "published", (error) => me.told.push({ event: "refused", about: [error.name] })));
    });
    await step("ada takes her camera back", async () => {
      await ada.asks(() => me.takesBack("camera").then(() => null));
      await Promise.all([ben, cleo].map((person) => heard(person, "trackUnpublished", (track) => /camera/.test(track))));
    });
    await step("ada's socket breaks", async () => {
      await ada.asks(() => me.room.simulateScenario("signal-reconnect"));
      await heard(ada, "reconnected");
      await listens(ada);
      await ada.asks(() => me.room.localParticipant.publishData(new TextEncoder().encode("here again"), { reliable: true }));
      await Promise.all([ben, cleo].map((person) => heard(person, "dataReceived", (text) => text === "here again")));
    });
    await step("ada comes in anew", async () => {
      await ada.asks(() => me.room.simulateScenario("full-reconnect"));
      await eventually("ada is back", async () => (await count(ada, "reconnected")) === 2);
      await listens(ada);
      const sid = await ada.asks(() => me.room.localParticipant.sid);
      const hears = ([who, sid]) => {
        const person = me.room.getParticipantByIdentity(who);
        return (!sid || person?.sid === sid) && person?.getTrackPublication("microphone")?.isSubscribed;
      };
      await eventually("ben hears her", () => ben.asks(hears, ["ada", sid]));
      await eventually("cleo hears her", () => cleo.asks(hears, ["ada", sid]));
      await eventually("she hears ben", () => ada.asks(hears, ["ben"]));
    });
    await step("ben comes in elsewhere", async () => {
      await comes(otherBen);
      goes(ben);
      present.push(otherBen);
      await heard(ben, "disconnected");
      await eventually("he has ada's voice", async () => (await count(otherBen, "trackSubscribed")) === 1);
      const sid = await otherBen.asks(() => me.room.localParticipant.sid);
      for (const person of [ada, cleo]) {
        await eventually(`${person.name} knows of him`, () => person.asks((sid) => me.room.getParticipantByIdentity("ben")?.sid === sid, sid));
      }
    });
    await step("cleo goes", async () => {
      await cleo.asks(() => me.room.disconnect());
      goes(cleo);
      await Promise.all([ada, otherBen].map((person) => heard(person, "participantDisconnected", (who) => who === "cleo")));
    });
    await step("ben is removed", async () => {
      await rooms.removeParticipant(room, "ben");
      goes(otherBen);
      await heard(otherBen, "disconnected");
      await eventually("ada knows it", () => ada.asks(() => !me.room.getParticipantByIdentity("ben")));
    });
    await rooms.deleteRoom(room);
    await heard(ada, "disconnected");
    return everybody;
  } catch (error) {
    const last = await Promise.all(everybody.map(async (person) => (await person.told()).slice(-15).map((told) => `${person.name} was told ${JSON.stringify(told)}`)));
    error.message += `\n    ${last.flat().join("\n    ")}\n  their pages said:\n    ${everybody.flatMap((person) => person.complaints).join("\n    ")}`;
    throw error;
  }
}
