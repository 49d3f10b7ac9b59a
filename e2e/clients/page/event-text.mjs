// The arguments of a client's events as text that is the same in every run and against every server: identities and
// sources, never session ids or times.

/** One argument of an event. */
export function describe(argument) {
  if (argument === null || argument === undefined) return null;
  if (argument instanceof Uint8Array) return new TextDecoder().decode(argument);
  if (argument instanceof Error) return `error ${argument.name}`;
  if (Array.isArray(argument)) return argument.map(describe);
  if (argument instanceof Map) return [...argument.keys()];
  if (argument instanceof LiveKit.Participant) return argument.identity;
  if (argument instanceof LiveKit.TrackPublication) return publication(argument);
  if (argument instanceof LiveKit.Track) return `${argument.kind} of ${argument.source}`;
  if (argument.$typeName || typeof argument.toJson === "function") return argument.toJson();
  if (typeof argument === "string" && /^(TR|PA|RM)_/.test(argument)) return argument.slice(0, 2);
  if (typeof argument === "object") return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, describe(value)]));
  return argument;
}

function publication({ source, kind, isMuted, trackName }) {
  return `${kind} of ${source}${trackName && trackName !== source ? ` named ${trackName}` : ""}${isMuted ? ", muted" : ""}`;
}
