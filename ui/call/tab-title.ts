// What the tab's title says, so that a person in another tab notices. Never a name: titles are seen by whoever sees the screen.

import { waitingGuests } from "./effects.ts";
import type { Call } from "./state.ts";
import { words } from "./messages.ts";

export function titleOf(call: Call, plain: string): string {
  const waiting = waitingGuests(call).length;
  const sign = waiting > 0 ? words.tab.waiting(waiting) : stageSign(call);
  return sign ? `${sign} · ${plain}` : plain;
}

function stageSign(call: Call): string | undefined {
  if (call.stage === "live") return words.tab.inCall;
  if (call.stage === "joining") return words.tab.starting;
  return call.stage === "waiting" ? words.tab.yourTurn : undefined;
}
