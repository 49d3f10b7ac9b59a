// The upper edge of the call: with whom, how long already, and how the line is.

import { nameOf } from "../screen-reader.ts";
import { elapsed } from "../time-format.ts";
import type { Call } from "../state.ts";
import { otherOf, words } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { View } from "./view.ts";

export function topEdge(): View {
  const name = h("span", { class: "call-top__name", dir: "auto" });
  const clock = h("span", { class: "call-top__clock", role: "timer" });
  const quality = h("span");
  const line = h("span", { class: "call-top__quality" }, icon("signal"), quality);
  return {
    node: h("header", { class: "call-top" }, name, clock, line),
    draw(call, now) {
      text(name, present(call));
      const since = call.standing.consultation.started_at;
      text(clock, since ? elapsed(now - Date.parse(since)) : "");
      const known = call.connection === "up" && call.quality !== "unknown" && call.seats.length > 0;
      show(line, known);
      text(quality, words.live.quality[call.quality]);
      attr(line, "data-quality", call.quality);
    },
  };
}

function present(call: Call): string {
  const names = call.seats.map((seat) => nameOf(call, seat));
  return names.length > 0
    ? new Intl.ListFormat(undefined, { type: "conjunction" }).format(names)
    : otherOf(call.standing);
}
