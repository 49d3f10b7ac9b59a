// Maps getUserMedia errors to device problems: permission denied, no device, device in use. Pure.

import type { DeviceProblem } from "../state.ts";

export function deviceProblemOf(name: string): DeviceProblem {
  switch (name) {
    case "NotAllowedError":      // permission denied by the person, the browser or a device policy
    case "PermissionDeniedError":
    case "SecurityError":        return "blocked";
    case "NotFoundError":
    case "DevicesNotFoundError": return "missing";
    case "NotReadableError":     // Windows: another program uses the device. Elsewhere: hardware error
    case "TrackStartError":
    case "AbortError":           return "busy";
    case "OverconstrainedError": return "unsuitable";
    case "TypeError":            return "insecure"; // mediaDevices is missing on a page without https
    default:                     return "unknown";
  }
}

/** A problem that makes the request pointless: no secure context, or no getUserMedia. */
export function preflightProblem(page: { secure: boolean; supported: boolean }): DeviceProblem | undefined {
  if (!page.secure) return "insecure";
  return page.supported ? undefined : "unsupported";
}
