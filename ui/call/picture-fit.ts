// Whether a picture fills its tile, cut at the edges, or is shown whole on a blurred ground. Pure.

export interface Size {
  width: number;
  height: number;
}

export type Fit = "fill" | "whole";
const FITS: readonly unknown[] = ["fill", "whole"] satisfies Fit[];

/** Up to this factor between the two shapes less than a third of the picture is cut off. */
const MAX_CUT = 1.4;
/** Below this factor both look the same: there is nothing to choose. */
const MIN_CHOICE = 1.1;

export function fitOf(picture: Size, tile: Size, chosen: Fit | undefined): Fit {
  return chosen ?? (factor(picture, tile) > MAX_CUT ? "whole" : "fill");
}

export function hasChoice(picture: Size, tile: Size): boolean {
  return factor(picture, tile) > MIN_CHOICE;
}

/** As they were saved by any version, by participant. */
export function fitsFrom(value: unknown): Record<string, Fit> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, Fit] => FITS.includes(entry[1])));
}

/** By how much the picture is wider or higher than the tile; 1 before both are known. */
function factor(picture: Size, tile: Size): number {
  if (picture.width * picture.height * tile.width * tile.height === 0) return 1;
  const ratio = picture.width / picture.height / (tile.width / tile.height);
  return Math.max(ratio, 1 / ratio);
}
