// Names for what a browser throws when it will not give a camera or microphone. Pure, so that every name is tested.

import type { DeviceProblem } from "../state.ts";

export function deviceProblemOf(name: string): DeviceProblem {
  switch (name) {
    case "NotAllowedError":      // the person, or a policy of their device, said no
    case "PermissionDeniedError":
    case "SecurityError":        return "blocked";
    case "NotFoundError":
    case "DevicesNotFoundError": return "missing";
    case "NotReadableError":     // Windows: another program has it. Everywhere: the hardware failed
    case "TrackStartError":
    case "AbortError":           return "busy";
    case "OverconstrainedError": return "unsuitable";
    case "TypeError":            return "insecure"; // mediaDevices is missing on a page without https
    default:                     return "unknown";
  }
}

/** What stands in the way before we even ask. */
export function preflightProblem(page: { secure: boolean; supported: boolean }): DeviceProblem | undefined {
  if (!page.secure) return "insecure";
  return page.supported ? undefined : "unsupported";
}
