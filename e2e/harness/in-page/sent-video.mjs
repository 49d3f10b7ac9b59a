// Runs in the page, from its source text. So it must not use imports.

/**
 * What a livekit-client room sends of each video, layer by layer, and and how often the other side asked for packets and keyframes:
 * for messages of failed assertions.
 *
 * @param {any} room
 */
export async function sentVideo(room) {
  const sent = [];
  for (const { track } of room?.localParticipant.videoTrackPublications.values() ?? []) {
    const report = await track?.getRTCStatsReport();
    const [type, state] = [track?.mediaStreamTrack.label, track?.mediaStreamTrack.readyState];
    for (const stats of report?.values() ?? []) {
      if (stats.type !== "outbound-rtp") continue;
      const { rid, active, framesEncoded, framesSent, keyFramesEncoded, packetsSent, pliCount, nackCount, qualityLimitationReason } = stats;
      sent.push({
        type, state, rid, active, framesEncoded, framesSent, keyFramesEncoded, packetsSent, pliCount, nackCount, qualityLimitationReason,
        bitrate: stats.targetBitrate, codec: report.get(stats.codecId)?.mimeType,
      });
    }
  }
  return sent;
}
