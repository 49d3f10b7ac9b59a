// What a person reads who is alone in the room: on the way, gone again, or not known because the own connection is down.

import { messages } from "./messages.ts";
import type { Call } from "./state.ts";

/** A host who started longer ago and is not in the room is not on the way. */
const ON_THE_WAY_MS = 60_000;

export function aloneTexts(call: Call, now: number): { title: string; hint: string } {
  const { standing } = call;
  const { inCall } = messages;
  if (call.connection !== "up") return { title: inCall.reconnecting, hint: "" };
  const startedAt = Date.parse(standing.consultation.started_at ?? "");
  const gone = call.met || (standing.role !== "host" && now - startedAt >= ON_THE_WAY_MS);
  return gone
    ? { title: inCall.gone(standing), hint: inCall.goneHint(standing) }
    : { title: inCall.alone(standing), hint: inCall.aloneHint(standing) };
}
