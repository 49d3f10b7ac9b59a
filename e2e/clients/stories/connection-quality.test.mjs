// What the server reports about connections, and about subscriptions that fail.
import { eventually } from "../../harness/eventually.mjs";
import { roomStoryOnBothPaths } from "../../harness/livekit/room-story.mjs";
import { rendersVideo } from "../../harness/media.mjs";

/** `SubscriptionError` of the protocol. */
const SE_TRACK_NOTFOUND = 2;

roomStoryOnBothPaths("connection quality on loopback is reported as excellent", async ({ join }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await ada.publish();
  await rendersVideo(ben, ada);
  await ada.receivesEvent("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ada");
  await ben.receivesEvent("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ada");
  await ben.receivesEvent("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ben");
});

roomStoryOnBothPaths("a subscription to an unknown track is answered with an error", async ({ join }) => {
  const [ada, ben] = await Promise.all([join("ada"), join("ben")]);
  await ada.publish();
  await rendersVideo(ben, ada);
  // As a client does that has not received the unpublication yet.
  await ben.evaluate(() => {
    const { engine } = client.room;
    const participantSid = client.room.getParticipantByIdentity("ada").sid;
    const request = { trackSids: ["TR_VCnobody"], subscribe: true, participantTracks: [{ participantSid, trackSids: ["TR_VCnobody"] }] };
    engine.on("subscriptionError", ({ err, trackSid }) => client.receivedData.push({ err, trackSid }));
    return engine.client.sendUpdateSubscription(request);
  });
  await eventually("ben receives the subscription error", async () =>
    (await ben.evaluate(() => client.receivedData)).some(({ err, trackSid }) => err === SE_TRACK_NOTFOUND && trackSid === "TR_VCnobody"));
});
