// What somebody really receives of somebody else: pictures decoded and painted, sound with energy in it, from the
// browser's own statistics. That a track exists proves nothing.

/**
 * By source: frames decoded and painted, their size and codec, packets, energy and seconds of sound.
 */
export async function seen(room, who) {
  const total = {};
  for (const publication of room?.remoteParticipants.get(who)?.trackPublications.values() ?? []) {
    const one = { subscribed: publication.isSubscribed, muted: publication.isMuted, packets: 0, frames: 0, painted: 0, energy: 0, seconds: 0 };
    total[publication.source] = one;
    const report = await publication.track?.getRTCStatsReport();
    for (const stats of report?.values() ?? []) {
      if (stats.type !== "inbound-rtp") continue;
      // What a server sends once more to feel how wide the line is shows nothing new.
      one.packets += (stats.packetsReceived ?? 0) - (stats.retransmittedPacketsReceived ?? 0);
      one.frames += stats.framesDecoded ?? 0;
      one.keyFrames = stats.keyFramesDecoded;
      one.width = stats.frameWidth;
      one.height = stats.frameHeight;
      one.energy += stats.totalAudioEnergy ?? 0;
      one.seconds += stats.totalSamplesDuration ?? 0;
      one.codec = report.get(stats.codecId)?.mimeType;
    }
    const element = publication.track?.attachedElements.find((it) => it.painted !== undefined);
    if (element) Object.assign(one, { painted: element.painted.length, ...look(element) });
  }
  return total;
}

/**
 * The picture that is on the screen now: how many shades it has, and its tint. A black one has one shade for ever;
 * Firefox's own camera has one at a time, which changes.
 */
function look(element) {
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext("2d");
  context.drawImage(element, 0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  const shades = new Set(Array.from({ length: 256 }, (_, at) => data[at * 4] >> 4)).size;
  return { shades, tint: [...data.slice(0, 3)].map((part) => part >> 4).join() };
}

/** What somebody sends of their own: one entry for each layer, the smallest first. */
export async function sent(room, source) {
  const report = await room.localParticipant.getTrackPublication(source)?.track?.sender?.getStats();
  const layers = [...(report?.values() ?? [])].filter((stats) => stats.type === "outbound-rtp").map((stats) => ({
    rid: stats.rid,
    active: stats.active,
    frames: stats.framesSent,
    packets: stats.packetsSent,
    width: stats.frameWidth,
    mode: stats.scalabilityMode,
    codec: report.get(stats.codecId)?.mimeType,
  }));
  return layers.sort((one, other) => (one.width ?? 0) - (other.width ?? 0) || "qhf".indexOf(one.rid) - "qhf".indexOf(other.rid));
}
