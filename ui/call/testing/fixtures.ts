// Standings and calls for tests: a consultation at 11:00 UTC, guest Mira Lang, host Dr. Weber.

import { useTestWords } from "../../l10n/testing.ts";
import type { Entry, Progress, Role, Standing } from "../../protocol/standing.ts";
import { reduce } from "../reducer.ts";
import { initialCall, type Call, type CallEvent, type SavedState } from "../state.ts";

useTestWords();

export const NOW = Date.parse("2026-11-20T10:50:00Z");

export interface StandingOptions {
  role?: Role;
  state?: Progress;
  entry?: Entry;
  door?: Standing["door"]["state"];
  now?: number;
  version?: number;
  waiting?: readonly string[];
  place?: Standing["place"];
  answerUntil?: string;
}

export function standing(options: StandingOptions = {}): Standing {
  const { role = "guest", state = "planned", entry = "outside", door = state === "ended" ? "ended" : "open" } = options;
  const open = door === "open" && state !== "ended";
  const closed = state === "ended" || (door !== "open" && door !== "too_early" && door !== "too_late");
  // As in the domain: who was in before may come back to a session that runs late.
  const mayWait = !closed && (open || (state === "live" && entry !== "outside"));
  const host = { id: "par_host", name: "Dr. Weber", role: "host" as const, entry: "outside" as const, waiting_since: null, connected: false, presence: null, seen_at: null, moved_at: null };
  const guests = (options.waiting ?? []).map((id, n) => ({
    id,
    name: "Mira Lang",
    role: "guest" as const,
    entry: "waiting" as const,
    waiting_since: new Date(NOW - n * 60_000).toISOString(),
    connected: false,
    presence: "here" as const,
    seen_at: null,
    moved_at: null,
  }));
  return {
    version: options.version ?? 1,
    now: new Date(options.now ?? NOW).toISOString(),
    role,
    me: role !== "host" ? { id: "par_mira", name: "Mira Lang" } : { id: "par_host", name: "Dr. Weber" },
    practice: "Praxis am Park",
    words: { host: "doctor", guest: "patient", consultation: "consultation" },
    appointment: {
      id: "apt_1",
      starts_at: "2026-11-20T11:00:00Z",
      ends_at: "2026-11-20T11:30:00Z",
      duration_minutes: 30,
      zone: "Europe/Berlin",
      zone_name: "Berlin time",
      local: "Friday 20 November 2026, 12:00",
      kind: "video",
      status: "confirmed",
    },
    consultation: { id: "con_1", state, started_at: null, ended_at: null, ended_by: null, end_reason: null, duration_seconds: null, answer_until: options.answerUntil ?? null },
    door: { state: door, opens_at: "2026-11-20T10:45:00Z", closes_at: "2026-11-20T12:00:00Z", code: null, message: null },
    place: options.place ?? null,
    entry,
    people: role !== "host" ? [host] : guests,
    may: {
      enter: role !== "host" && mayWait && entry !== "waiting" && entry !== "admitted",
      wait: role !== "host" && mayWait,
      start: role === "host" && open && state === "planned",
      ticket: !closed && state === "live" && (role === "host" || entry === "admitted"),
      end: role === "host" && state === "live",
    },
  };
}

export const NO_SAVED_STATE: SavedState = { here: false, camera: { wanted: true }, microphone: { wanted: true }, shortcuts: true };

export function openCall(options: StandingOptions = {}, saved: Partial<SavedState> = {}, random = 0): Call {
  return reduce(initialCall(standing(options), options.now ?? NOW, { ...NO_SAVED_STATE, ...saved }, random), { type: "status-stream", up: true });
}

export function afterEvents(call: Call, ...events: CallEvent[]): Call {
  return events.reduce(reduce, call);
}

/** The event for a new standing, by default one second and one version later than the last. */
export function standingEvent(call: Call, options: StandingOptions): CallEvent {
  const now = options.now ?? Date.parse(call.standing.now) + 1000;
  const version = options.version ?? call.standing.version + 1;
  return { type: "standing", standing: standing({ role: call.standing.role, ...options, now, version }), at: now, asked: Number.MIN_SAFE_INTEGER };
}

export function hostInCall(): Call {
  return afterEvents(openCall({ role: "host", state: "live" }, { here: true }), { type: "connected" });
}
