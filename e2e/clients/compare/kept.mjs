// Where we differ from LiveKit's server on purpose, each with its reason: their record as it would read if they did as we
// do. When one of these ends, the comparison fails until it is taken out here.

/** @param {string} who @param {string[]} theirs */
export function asWeDo(who, theirs) {
  return who === "webhooks" || who === "program" ? withoutRedundancy(theirs) : theirs;
}

/**
 * We do not take redundant audio (RED): browsers send us plain opus, and a microphone is announced as what it is.
 *
 * @param {string[]} lines
 */
function withoutRedundancy(lines) {
  const ofRedundancy = /(MICROPHONE backupCodecPolicy: SIMULCAST|codecs audio\/red videoLayerMode: .*)$/;
  return lines.filter((line) => !ofRedundancy.test(line)).map((line) => line.replaceAll("audio/red", "audio/opus"));
}
