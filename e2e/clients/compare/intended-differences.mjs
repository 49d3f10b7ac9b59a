// Where we differ from LiveKit's server on purpose, each with its reason: their record as it would read if they did as we
// do. When one of these ends, the comparison fails until it is taken out here.

/**
 * Of a microphone they say how its layers come and what stands in for a codec somebody lacks. Both are about pictures; no
 * client reads them of a sound, and we leave them out.
 */
const OF_PICTURES = /MICROPHONE (backupCodecPolicy|codecs \S+ videoLayerMode): /;

/** @param {string[]} theirs */
export function asWeDo(theirs) {
  return theirs.filter((line) => !OF_PICTURES.test(line));
}
