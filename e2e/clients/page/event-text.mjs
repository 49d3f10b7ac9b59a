// A client's events in words that are the same in every run and against every server: who and what, never sids or times.

/** One argument of an event. */
export function describe(about) {
  if (about === null || about === undefined) return null;
  if (about instanceof Uint8Array) return new TextDecoder().decode(about);
  if (about instanceof Error) return `error ${about.name}`;
  if (Array.isArray(about)) return about.map(describe);
  if (about instanceof Map) return [...about.keys()];
  if (about instanceof LiveKit.Participant) return about.identity;
  if (about instanceof LiveKit.TrackPublication) return publication(about);
  if (about instanceof LiveKit.Track) return `${about.kind} of ${about.source}`;
  if (about.$typeName || typeof about.toJson === "function") return about.toJson();
  if (typeof about === "string" && /^(TR|PA|RM)_/.test(about)) return about.slice(0, 2);
  if (typeof about === "object") return Object.fromEntries(Object.entries(about).map(([name, it]) => [name, describe(it)]));
  return about;
}

function publication({ source, kind, isMuted, trackName }) {
  return `${kind} of ${source}${trackName && trackName !== source ? ` named ${trackName}` : ""}${isMuted ? ", muted" : ""}`;
}
