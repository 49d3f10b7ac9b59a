// Where our server differs from LiveKit's on purpose, each with its reason. These lines are removed from LiveKit's record;
// when our server starts to send one, the comparison fails until it is removed here.

/**
 * Fields of a microphone about layers and backup codecs. They have a meaning for video only; no client reads them for
 * audio, and our server omits them.
 */
const VIDEO_FIELDS_OF_AUDIO = /MICROPHONE (backupCodecPolicy|codecs \S+ videoLayerMode): /;

/** @param {string[]} lines */
export function withoutIntended(lines) {
  return lines.filter((line) => !VIDEO_FIELDS_OF_AUDIO.test(line));
}
