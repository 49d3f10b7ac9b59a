// One person in the call: their picture, or their initial while there is none, their name, and whether they are muted.

import { nameOf } from "../screen-reader.ts";
import type { Source } from "../media/remote-participants.ts";
import type { Call, Seat } from "../state.ts";
import { words } from "../messages.ts";
import { attr, h, show, text } from "./dom.ts";
import { icon } from "./icons.ts";
import type { House } from "./view.ts";

export interface Tile {
  node: HTMLElement;
  draw(call: Call, seat: Seat): void;
}

export function tile(house: House, id: string, source: Source): Tile {
  const video = h("video", { class: "call-tile__video", playsinline: true, autoplay: true, muted: true });
  video.muted = true; // voices have their own elements; a muted picture may always start to play
  const initial = h("span", { class: "call-face call-face--large", "aria-hidden": "true" });
  const note = h("p", { class: "call-tile__note" }, words.live.cameraOff);
  const empty = h("div", { class: "call-tile__empty" }, initial, note);
  const name = h("span", { dir: "auto" });
  const quiet = h(
    "span",
    { class: "call-tile__quiet", role: "img", "aria-label": words.live.micOff },
    icon("microphone-off"),
  );
  const caption = h("figcaption", { class: "call-tile__name" }, name, quiet);
  const node = h(
    "figure",
    { class: `call-tile call-tile--${source}`, "data-participant": id, "data-source": source },
    video,
    empty,
    caption,
  );

  return {
    node,
    draw(call, seat) {
      const who = nameOf(call, seat);
      const pictured = source === "screen" || seat.camera;
      text(name, source === "screen" ? words.live.screenOf(who) : who);
      attr(video, "aria-label", source === "screen" ? words.live.screenOf(who) : who);
      text(initial, initialOf(who));
      show(quiet, source === "camera" && !seat.microphone);
      show(video, pictured);
      show(empty, !pictured);
      attr(node, "data-speaking", seat.speaking && source === "camera");
      house.show(video, id, source);
    },
  };
}

/** The first letter of the last name: "Dr. Weber" is a W, not a D. */
export function initialOf(name: string): string {
  const last = name.trim().split(/\s+/).at(-1) ?? "";
  const [letter = "·"] = new Intl.Segmenter().segment(last)[Symbol.iterator]().next().value?.segment ?? "·";
  return letter.toLocaleUpperCase();
}
