// The own picture in the call: dragged to another corner by pointer, or moved there with the arrow keys.

import { cornerAt, cornerTowards, type Point } from "../own-corner.ts";
import { messages } from "../messages.ts";
import { attr, h } from "./dom.ts";
import { draggable } from "./draggable.ts";
import { selfPreview } from "./self-preview.ts";
import type { View, ViewContext } from "./view.ts";

export function ownTile(context: ViewContext): View {
  const picture = selfPreview(context, { meter: false });
  const node = h(
    "figure",
    { class: "call-self-tile", onkeydown: (event) => press(event as KeyboardEvent) },
    picture.node,
    h("figcaption", { class: "hidden-visually" }, messages.inCall.you),
  );
  const dragging = draggable(node, isMovable, () => {
    context.send({ type: "own-corner", corner: cornerAt(placeIn(node), isRightToLeft(node)) });
  });

  function press(event: KeyboardEvent): void {
    const corner = isMovable() ? cornerTowards(event, placeIn(node), isRightToLeft(node)) : undefined;
    if (!corner) return;
    event.preventDefault();
    context.send({ type: "own-corner", corner });
  }

  /** In the gallery its place is given. */
  function isMovable(): boolean {
    return node.parentElement?.classList.contains("call-live") ?? false;
  }

  return {
    node,
    render(call, now) {
      if (!isMovable()) dragging.drop();
      attr(node, "data-participant", call.standing.me.id);
      attr(node, "data-corner", call.ownCorner);
      attr(node, "tabindex", isMovable() ? 0 : undefined);
      attr(node, "aria-label", isMovable() ? messages.inCall.youMovable : messages.inCall.you);
      picture.render(call, now);
    },
    dispose: () => picture.dispose?.(),
  };
}

function placeIn(node: HTMLElement): Point {
  const [own, area] = [node.getBoundingClientRect(), (node.parentElement ?? node).getBoundingClientRect()];
  return {
    x: (own.left + own.width / 2 - area.left) / Math.max(1, area.width),
    y: (own.top + own.height / 2 - area.top) / Math.max(1, area.height),
  };
}

function isRightToLeft(node: HTMLElement): boolean {
  return getComputedStyle(node).direction === "rtl";
}
