// State kept across a reload (session storage, per tab) and across visits (local storage, per browser).
// No names and no links: only device ids and whether this tab had joined this consultation.

import type { Standing } from "../protocol/standing.ts";
import { movesFrom } from "./guests.ts";
import { cornerFrom } from "./own-corner.ts";
import { fitsFrom } from "./picture-fit.ts";
import type { SavedState } from "./state.ts";

const DEVICES = "anteroom.devices";
const TAB = "anteroom.tab";

function tabKey(standing: Standing): string {
  return `anteroom.${standing.consultation.id}.${standing.me.id}`;
}

export function loadState(standing: Standing): SavedState {
  const tab = read(sessionStorageOf(), tabKey(standing));
  const browser = read(localStorageOf(), DEVICES);
  const device = (kind: "camera" | "microphone") => ({
    // On or off belongs to this visit (tab); which device belongs to this computer (browser).
    wanted: tab?.[kind]?.wanted ?? true,
    id: tab?.[kind]?.id ?? browser?.[kind]?.id,
  });
  return {
    here: tab?.here === true,
    knownMoves: movesFrom(tab?.knownMoves),
    fits: fitsFrom(tab?.fits),
    ownCorner: cornerFrom(browser?.ownCorner),
    camera: device("camera"),
    microphone: device("microphone"),
    speaker: browser?.speaker,
    shortcuts: browser?.shortcuts ?? true,
  };
}

export function saveState(standing: Standing, saved: SavedState): void {
  write(sessionStorageOf(), tabKey(standing), saved);
  write(localStorageOf(), DEVICES, {
    camera: { id: saved.camera.id },
    microphone: { id: saved.microphone.id },
    speaker: saved.speaker,
    shortcuts: saved.shortcuts,
    ownCorner: saved.ownCorner,
  });
}

/** Names this tab for the server, as long as it is open; a reload keeps it. Random, and no use to anyone. */
export function tabId(): string {
  const storage = sessionStorageOf();
  try {
    const kept = storage?.getItem(TAB);
    if (kept) return kept;
  } catch {
    // storage is blocked: after a reload this counts as another tab
  }
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    storage?.setItem(TAB, id);
  } catch {
    // as above
  }
  return id;
}

function read(storage: Storage | undefined, key: string): Partial<SavedState> | undefined {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? "null");
    return typeof value === "object" && value !== null ? (value as Partial<SavedState>) : undefined;
  } catch {
    return undefined;
  }
}

function write(storage: Storage | undefined, key: string, value: object): void {
  try {
    storage?.setItem(key, JSON.stringify(value));
  } catch {
    // storage is full or blocked: the call works, but a reload needs one more tap
  }
}

/** Reading the property throws where the browser blocks storage. */
function sessionStorageOf(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

function localStorageOf(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
