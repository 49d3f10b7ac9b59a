// The call screen: participant tiles, shared screens, own tile, top bar, banners and control bar.

import { aloneTexts } from "../alone.ts";
import type { RemoteParticipant } from "../state.ts";
import { messages } from "../messages.ts";
import { banners } from "./banners.ts";
import { controlBar } from "./control-bar.ts";
import { attr, h, list, show, text } from "./dom.ts";
import { ownTile } from "./own-tile.ts";
import { participantTile, type ParticipantTile } from "./participant-tile.ts";
import { topBar } from "./top-bar.ts";
import type { ViewContext, View } from "./view.ts";

export function inCall(context: ViewContext): View {
  const title = h("h1", { class: "hidden-visually", tabindex: -1 });
  const top = topBar();
  const people = new Map<string, ParticipantTile>();
  const screens = new Map<string, ParticipantTile>();
  const gallery = h("div", { class: "call-gallery" });
  const screenShares = h("div", { class: "call-screens" });
  const alone = aloneNotice();
  const own = ownTile(context);
  const self = own.node;
  const notes = banners(context);
  const bar = controlBar(context);
  const node = h(
    "div",
    { class: "call-fullscreen call-live" },
    title,
    screenShares,
    gallery,
    alone.node,
    self,
    top.node,
    notes.node,
    bar.node,
  );
  const parts = [top, alone, own, notes, bar];
  // Their heights grow with the text size, and what lies between them must not be covered.
  const heights = new ResizeObserver(() => {
    node.style.setProperty("--bar-height", `${bar.node.offsetHeight}px`);
    node.style.setProperty("--top-height", `${top.node.offsetHeight}px`);
    node.style.setProperty("--banners-height", `${notes.node.offsetHeight}px`);
  });
  for (const part of [bar, top, notes]) heights.observe(part.node);

  return {
    node,
    render(call, now) {
      const { remoteParticipants } = call;
      const sharing = remoteParticipants.filter((participant) => participant.screen);
      text(title, messages.inCall.title(call.standing));
      list(
        gallery,
        people,
        remoteParticipants,
        (participant) => participant.id,
        (participant) => participantTile(context, participant.id, "camera"),
      );
      list(
        screenShares,
        screens,
        sharing,
        (participant) => participant.id,
        (participant) => participantTile(context, participant.id, "screen"),
      );
      for (const participant of remoteParticipants) people.get(participant.id)?.render(call, participant);
      for (const participant of sharing) screens.get(participant.id)?.render(call, participant);
      attr(node, "data-layout", layout(remoteParticipants, sharing));
      attr(node, "data-people", Math.min(remoteParticipants.length, 9));
      attr(node, "data-own-corner", call.ownCorner);
      const parent = node.dataset["layout"] === "grid" || node.dataset["layout"] === "screen" ? gallery : node;
      // In the grid and screen layouts the own tile is part of the gallery. A moved video pauses, so play it again.
      if (self.parentElement !== parent) {
        parent.append(self);
        void self
          .querySelector("video")
          ?.play()
          .catch(() => undefined);
      }
      for (const part of parts) part.render(call, now);
    },
    dispose() {
      heights.disconnect();
      parts.forEach((part) => part.dispose?.());
    },
  };
}

function layout(remoteParticipants: readonly RemoteParticipant[], sharing: readonly RemoteParticipant[]): string {
  if (sharing.length > 0) return "screen";
  return remoteParticipants.length > 1 ? "grid" : remoteParticipants.length === 1 ? "one" : "alone";
}

function aloneNotice(): View {
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
    render(call, now) {
      const texts = aloneTexts(call, now);
      show(node, call.remoteParticipants.length === 0);
      text(title, texts.title);
      text(hint, texts.hint);
    },
  };
}
