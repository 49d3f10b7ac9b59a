// Keyboard shortcuts: M toggles the microphone, V the camera. Single keys can be switched off (WCAG 2.1.4) and are ignored in form fields.

import type { Call, CallEvent } from "./state.ts";
import { usesDevices } from "./stage.ts";

export interface KeyPress {
  key: string;
  modified: boolean;
  repeated: boolean;
  /** The focus is in a form field, in editable text or in a dialog. */
  typing: boolean;
}

export function eventFor(press: KeyPress, call: Call): CallEvent | undefined {
  if (!call.shortcuts || press.modified || press.repeated || press.typing || !usesDevices(call)) return undefined;
  switch (press.key.toLowerCase()) {
    case "m": return { type: "toggle-device", kind: "microphone" };
    case "v": return { type: "toggle-device", kind: "camera" };
    default:  return undefined;
  }
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}
