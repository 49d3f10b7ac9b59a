/** What the local participant sends of a source: one entry for each layer, the smallest first. */
export async function sentLayers(room, source) {
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
