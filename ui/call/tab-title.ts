// The document title: status and number of waiting guests, visible from another tab. No names: others may see the screen.

import { waitingGuests } from "./effects.ts";
import type { Call } from "./state.ts";
import { messages } from "./messages.ts";
import { isAsked } from "./stage.ts";

export function titleOf(call: Call): string {
  const waiting = waitingGuests(call).length;
  const label = waiting > 0 ? messages.tabTitle.waiting(waiting) : stageLabel(call);
  const page = messages.tabTitle.page(call.standing);
  return label ? `${label} · ${page}` : page;
}

function stageLabel(call: Call): string | undefined {
  if (isAsked(call)) return messages.tabTitle.stillThere;
  if (call.stage === "live") return messages.tabTitle.inCall;
  if (call.stage === "joining") return messages.tabTitle.starting;
  return call.stage === "waiting" ? messages.tabTitle.yourTurn : undefined;
}
