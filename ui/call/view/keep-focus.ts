// The focus across a render: a button that disappears under the fingers of a keyboard user, or is moved to another place in the
// page, must not leave them at the top of it.

type Focusable = Pick<HTMLElement, "focus" | "isConnected" | "getClientRects">;

export function focusedIn(holder: HTMLElement): HTMLElement | undefined {
  const focused = document.activeElement;
  return focused instanceof HTMLElement && holder.contains(focused) ? focused : undefined;
}

/** `focused` had the focus before the render. What the render has focused keeps it. */
export function keepFocus(focused: Focusable, heading: Focusable | null | undefined, page: { activeElement: unknown; body: unknown }): void {
  const isLost = (): boolean => page.activeElement === null || page.activeElement === page.body;
  // A hidden element stays the active one until the browser renders.
  const isShown = focused.isConnected && focused.getClientRects().length > 0;
  if (!isLost() && (isShown || page.activeElement !== focused)) return;
  if (isShown) focused.focus({ preventScroll: true });
  // Shown, but not to be focused any more.
  if (!isShown || isLost()) heading?.focus({ preventScroll: true });
}
