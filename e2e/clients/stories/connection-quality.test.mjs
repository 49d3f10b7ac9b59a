// What a client shows about the line, and about what it cannot have.
import { eventually } from "../../harness/eventually.mjs";
import { onBothPaths } from "../../harness/livekit/room-story.mjs";

/** LiveKit's number for it. */
const SE_TRACK_NOTFOUND = 2;

onBothPaths("on a good line everybody's connection is called excellent", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await ben.sees(ada);
  await ada.isTold("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ada");
  await ben.isTold("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ada");
  await ben.isTold("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ben");
});

onBothPaths("who asks for a track that is not there is told that it is not", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await ben.sees(ada);
  // What a client does that has not yet heard that a track was taken back.
  await ben.asks(() => {
    const { engine } = me.room;
    const participantSid = me.room.getParticipantByIdentity("ada").sid;
    const request = { trackSids: ["TR_VCnobody"], subscribe: true, participantTracks: [{ participantSid, trackSids: ["TR_VCnobody"] }] };
    engine.on("subscriptionError", ({ err, trackSid }) => me.received.push({ err, trackSid }));
    return engine.client.sendUpdateSubscription(request);
  });
  await eventually("ben is told", async () =>
    (await ben.asks(() => me.received)).some(({ err, trackSid }) => err === SE_TRACK_NOTFOUND && trackSid === "TR_VCnobody"));
});
