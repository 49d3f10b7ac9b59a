// The corner of the call in which the own picture lies: where it was dropped, or moved with the arrow keys. Pure.

/** In the direction of the language: `start` is on the left where people read from left to right. */
export type Corner = "top-start" | "top-end" | "bottom-start" | "bottom-end";
const CORNERS: readonly unknown[] = ["top-start", "top-end", "bottom-start", "bottom-end"] satisfies Corner[];

/** The place of something in the call, from 0 to 1 from left to right and from top to bottom. */
export interface Point {
  x: number;
  y: number;
}

export function cornerAt({ x, y }: Point, rightToLeft: boolean): Corner {
  return `${y < 0.5 ? "top" : "bottom"}-${x < 0.5 === rightToLeft ? "end" : "start"}`;
}

export interface ArrowPress {
  key: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/**
 * The corner in the direction of an arrow key from this place; undefined for another key, and for one with a modifier, which
 * belongs to the browser: Alt with an arrow goes back.
 */
export function cornerTowards({ key, altKey, ctrlKey, metaKey, shiftKey }: ArrowPress, from: Point, rightToLeft: boolean): Corner | undefined {
  if (altKey || ctrlKey || metaKey || shiftKey) return undefined;
  switch (key) {
    case "ArrowLeft":  return cornerAt({ ...from, x: 0 }, rightToLeft);
    case "ArrowRight": return cornerAt({ ...from, x: 1 }, rightToLeft);
    case "ArrowUp":    return cornerAt({ ...from, y: 0 }, rightToLeft);
    case "ArrowDown":  return cornerAt({ ...from, y: 1 }, rightToLeft);
    default:           return undefined;
  }
}

/** As it was saved by any version. */
export function cornerFrom(value: unknown): Corner | undefined {
  return CORNERS.includes(value) ? (value as Corner) : undefined;
}
