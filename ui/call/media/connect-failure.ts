// Why a connection to the media room failed, from the error of the media library.

import type { MediaProtocol, RequestFailure } from "../state.ts";

/**
 * The signalling endpoint answers a refused join with 403 and `code: …`. `tried`: what was tried once signalling worked;
 * undefined while it did not, which counts as unreachable.
 */
export function connectFailureOf(error: unknown, tried: readonly MediaProtocol[] | undefined): RequestFailure {
  const refusal = error as { status?: unknown; message?: unknown };
  const match = /\b([a-z]+(?:_[a-z]+)*): ([^:]*)$/.exec(String(refusal?.message ?? ""));
  if (refusal?.status === 403 && match?.[1]) return { kind: "refused", code: match[1], message: match[2] ?? "" };
  return tried ? { kind: "media-blocked", tried } : { kind: "unreachable" };
}
