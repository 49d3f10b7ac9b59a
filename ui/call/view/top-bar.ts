// Top bar of the call: participant names, elapsed time, connection quality.

import { shownQuality } from "../shown-quality.ts";
import { nameOf } from "../screen-reader.ts";
import { locale } from "../../l10n/words.ts";
import { elapsed } from "../time-format.ts";
import type { Call } from "../state.ts";
import { otherName } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { View } from "./view.ts";

export function topBar(): View {
  const name = h("span", { class: "call-top-bar__name", dir: "auto" });
  const clock = h("span", { class: "call-top-bar__clock", role: "timer" });
  const quality = h("span");
  const qualityBadge = h("span", { class: "call-top-bar__quality" }, icon("signal"), quality);
  return {
    node: h("header", { class: "call-top-bar" }, name, clock, qualityBadge),
    render(call, now) {
      text(name, participantNames(call));
      const since = call.standing.consultation.started_at;
      text(clock, since ? elapsed(now - Date.parse(since)) : "");
      const known = call.connection === "up" && call.connectionQuality !== "unknown" && call.remoteParticipants.length > 0;
      show(qualityBadge, known);
      const { level, sentence } = shownQuality(call);
      text(quality, sentence);
      attr(qualityBadge, "data-quality", level);
    },
  };
}

function participantNames(call: Call): string {
  const names = call.remoteParticipants.map((participant) => nameOf(call, participant));
  return names.length > 0
    ? new Intl.ListFormat(locale(), { type: "conjunction" }).format(names)
    : (otherName(call.standing) ?? "");
}
