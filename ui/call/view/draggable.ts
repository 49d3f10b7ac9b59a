// An element that a pointer drags: how far is in --drag-x and --drag-y, for the style sheet. Only one pointer drags at a time,
// and a drag ends also where the browser sends no pointerup: in a window that lost the pointer, or with an element that was
// moved to another place in the page.

import { attr } from "./dom.ts";

/** A finger that taps moves by some pixels. */
const MIN_DRAG_PX = 8;

/** `dropped` is called while the element still lies where it was dropped. */
export function draggable(node: HTMLElement, isMovable: () => boolean, dropped: () => void): { drop(): void } {
  let drag: { pointerId: number; x: number; y: number } | undefined;
  const on = (name: "pointerdown" | "pointermove" | "pointerup" | "pointercancel" | "lostpointercapture", act: (event: PointerEvent) => void): void =>
    node.addEventListener(name, (event) => {
      if (!drag || drag.pointerId === event.pointerId) act(event);
    });
  on("pointerdown", (event) => {
    if (!isMovable() || event.button !== 0) return;
    drag = { pointerId: event.pointerId, x: event.clientX, y: event.clientY };
    node.setPointerCapture(event.pointerId);
  });
  on("pointermove", (event) => {
    if (!drag) return;
    if (event.buttons === 0) return end(false);
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.hypot(x, y) >= MIN_DRAG_PX) attr(node, "data-dragging", true);
    node.style.setProperty("--drag-x", `${x}px`);
    node.style.setProperty("--drag-y", `${y}px`);
  });
  on("pointerup", () => end(true));
  on("pointercancel", () => end(false));
  on("lostpointercapture", () => end(false)); // also after pointerup, when nothing is left to end

  function end(done: boolean): void {
    if (!drag) return;
    drag = undefined;
    if (done && node.hasAttribute("data-dragging")) dropped();
    attr(node, "data-dragging", false);
    node.style.removeProperty("--drag-x");
    node.style.removeProperty("--drag-y");
  }

  return { drop: () => end(false) };
}
