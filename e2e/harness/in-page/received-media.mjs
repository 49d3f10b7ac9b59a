// Runs in the page: the LiveKit client page imports it, other pages get its source text. So it must not use imports.

/**
 * What is received of one track.
 *
 * @typedef {object} ReceivedTrack
 * @property {boolean} subscribed
 * @property {boolean} muted
 * @property {string} [state] "paused" while the server does not send it for lack of bandwidth
 * @property {number} packets without retransmissions, which a server also sends as bandwidth probes
 * @property {number} frames decoded
 * @property {number} keyFrames decoded
 * @property {number} painted frames that reached the screen since the first call; a browser can decode all and paint none
 * @property {number} shades of red in the frame on the screen, at most 16; a black frame has one
 * @property {string} colour of its first pixel; Firefox's fake camera shows one colour at a time, which changes
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} energy of the audio, as `totalAudioEnergy`
 * @property {number} seconds of audio
 * @property {string} [codec] MIME type
 */

/**
 * What a livekit-client room receives, by the sender's identity and the source: from WebRTC statistics and from the
 * video element. That a track or an element exists does not prove that media arrives.
 *
 * @param {any} room
 * @param {{ identity?: string, source?: string }} [only] of this participant, and of this source: stories ask often
 * @returns {Promise<Record<string, Record<string, ReceivedTrack>>>}
 */
export async function receivedMedia(room, only = {}) {
  /** Times at which the element painted a frame; recording starts with the first call. @param {any} element */
  const paintTimes = (element) => {
    if (!element.paintTimes) {
      element.paintTimes = [];
      const record = (/** @type {number} */ now) => {
        element.paintTimes.push(now);
        element.requestVideoFrameCallback(record);
      };
      element.requestVideoFrameCallback(record);
    }
    return element.paintTimes;
  };

  /** The frame on the screen, sampled at 16 × 16 points. @param {HTMLVideoElement} element */
  const sampled = (element) => {
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(16, 16).getContext("2d"));
    context.drawImage(element, 0, 0, 16, 16);
    const { data } = context.getImageData(0, 0, 16, 16);
    const shades = new Set(Array.from({ length: 256 }, (_, at) => (data[at * 4] ?? 0) >> 4)).size;
    return { shades, colour: [...data.slice(0, 3)].map((part) => part >> 4).join() };
  };

  /** @param {any} publication */
  const receivedTrack = async ({ isSubscribed, isMuted, track, kind }) => {
    /** @type {ReceivedTrack} */
    const received = {
      subscribed: isSubscribed, muted: isMuted, state: track?.streamState, packets: 0, frames: 0, keyFrames: 0, painted: 0, shades: 0, colour: "", energy: 0, seconds: 0,
    };
    const report = await track?.getRTCStatsReport();
    for (const stats of report?.values() ?? []) {
      if (stats.type !== "inbound-rtp") continue;
      received.packets += (stats.packetsReceived ?? 0) - (stats.retransmittedPacketsReceived ?? 0);
      received.frames += stats.framesDecoded ?? 0;
      received.keyFrames += stats.keyFramesDecoded ?? 0;
      received.width = stats.frameWidth;
      received.height = stats.frameHeight;
      received.energy += stats.totalAudioEnergy ?? 0;
      received.seconds += stats.totalSamplesDuration ?? 0;
      received.codec = report.get(stats.codecId)?.mimeType;
    }
    const element = kind === "video" && track?.attachedElements.find((/** @type {HTMLVideoElement} */ it) => it.isConnected);
    return element ? { ...received, painted: paintTimes(element).length, ...sampled(element) } : received;
  };

  /** @type {Record<string, Record<string, ReceivedTrack>>} */
  const received = {};
  for (const [identity, participant] of room?.remoteParticipants ?? []) {
    if (identity !== (only.identity ?? identity)) continue;
    /** @type {Record<string, ReceivedTrack>} */
    const tracks = (received[identity] = {});
    for (const publication of participant.trackPublications.values()) {
      if (publication.source === (only.source ?? publication.source)) tracks[publication.source] = await receivedTrack(publication);
    }
  }
  return received;
}
