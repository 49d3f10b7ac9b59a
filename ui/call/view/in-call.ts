// In the call: the others as large as the screen allows, oneself in a corner, everything needed within a thumb's reach.

import type { Seat } from "../state.ts";
import { words } from "../messages.ts";
import { banners } from "./banners.ts";
import { controlBar } from "./control-bar.ts";
import { attr, h, list, show, text } from "./dom.ts";
import { mirror } from "./self-preview.ts";
import { tile, type Tile } from "./participant-tile.ts";
import { topEdge } from "./top-bar.ts";
import type { House, View } from "./view.ts";

export function live(house: House): View {
  const title = h("h1", { class: "hidden-visually", tabindex: -1 });
  const top = topEdge();
  const people = new Map<string, Tile>();
  const screens = new Map<string, Tile>();
  const gallery = h("div", { class: "call-gallery" });
  const desk = h("div", { class: "call-desk" });
  const alone = nobodyYet();
  const own = mirror(house, { meter: false });
  const self = h(
    "figure",
    { class: "call-self" },
    own.node,
    h("figcaption", { class: "hidden-visually" }, words.live.you),
  );
  const notes = banners(house);
  const bar = controlBar(house);
  const node = h(
    "div",
    { class: "call-stage call-live" },
    title,
    desk,
    gallery,
    alone.node,
    self,
    top.node,
    notes.node,
    bar.node,
  );
  const parts = [top, alone, own, notes, bar];

  return {
    node,
    draw(call, now) {
      const { seats } = call;
      const sharing = seats.filter((seat) => seat.screen);
      text(title, words.live.title(call.standing));
      list(
        gallery,
        people,
        seats,
        (seat) => seat.id,
        (seat) => tile(house, seat.id, "camera"),
      );
      list(
        desk,
        screens,
        sharing,
        (seat) => seat.id,
        (seat) => tile(house, seat.id, "screen"),
      );
      for (const seat of seats) people.get(seat.id)?.draw(call, seat);
      for (const seat of sharing) screens.get(seat.id)?.draw(call, seat);
      attr(node, "data-layout", layout(seats, sharing));
      attr(node, "data-people", Math.min(seats.length, 9));
      attr(self, "data-participant", call.standing.me.id);
      const place = node.dataset["layout"] === "grid" || node.dataset["layout"] === "screen" ? gallery : node;
      // Among several, oneself is one of them; a picture that is moved has to be told to go on.
      if (self.parentElement !== place) {
        place.append(self);
        void self
          .querySelector("video")
          ?.play()
          .catch(() => undefined);
      }
      for (const part of parts) part.draw(call, now);
    },
    drop: () => parts.forEach((part) => part.drop?.()),
  };
}

function layout(seats: readonly Seat[], sharing: readonly Seat[]): string {
  if (sharing.length > 0) return "screen";
  return seats.length > 1 ? "grid" : seats.length === 1 ? "one" : "alone";
}

function nobodyYet(): View {
  const title = h("p", { class: "call-alone__title" });
  const hint = h("p", { class: "call-alone__hint" });
  const node = h(
    "div",
    { class: "call-alone" },
    h("span", { class: "call-pulse", "aria-hidden": "true" }),
    title,
    hint,
  );
  return {
    node,
    draw(call) {
      show(node, call.seats.length === 0);
      text(title, words.live.alone(call.standing));
      text(hint, words.live.aloneHint(call.standing));
    },
  };
}
