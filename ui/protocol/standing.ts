// The standing: the status of one consultation for one person, as the server sends it. State, people and permissions.
// Every screen is derived from it. All instants are RFC 3339 in UTC; `now` is the server's clock. Standings are ordered by
// `version` alone: a clock that is set back must not make a page drop what is new.

export type Role = "guest" | "companion" | "host";
const ROLES: readonly unknown[] = ["guest", "companion", "host"] satisfies Role[];
export type Entry = "outside" | "waiting" | "admitted" | "declined" | "left";
export type Progress = "planned" | "live" | "ended";
export type JoinWindowState = "too_early" | "open" | "too_late" | "cancelled" | "ended" | "not_confirmed" | "in_person";

export interface Person {
  id: string;
  name: string;
  role: Role;
  entry: Entry;
  waiting_since: string | null;
  connected: boolean;
  /** For a host: `away` means that the page is open but hidden; null that it was not opened. A guest gets null. */
  presence: "here" | "away" | "gone" | null;
  /** With `gone`: when they were there last. */
  seen_at: string | null;
  /** For a host: when they went on in another tab without having left. */
  moved_at: string | null;
}

export interface Standing {
  /** Grows with every change; see `reducer.ts`. */
  version: number;
  now: string;
  role: Role;
  me: { id: string; name: string };
  practice: string;
  words: { host: string; guest: string; consultation: string };
  appointment: {
    id: string;
    starts_at: string;
    ends_at: string;
    duration_minutes: number;
    zone: string;
    /** The zone and the start in words. */
    zone_name: string;
    local: string;
    kind: string;
    status: string;
  };
  consultation: {
    id: string;
    state: Progress;
    started_at: string | null;
    ended_at: string | null;
    ended_by: "host" | "guest" | "system" | null;
    /** Why the system ended it. */
    end_reason: "deserted" | "unanswered" | null;
    /** For how long both sides were present. */
    duration_seconds: number | null;
    /** Until when a participant of the call is to answer that they are still there; null if nobody is asked. */
    answer_until: string | null;
  };
  door: {
    state: JoinWindowState;
    opens_at: string;
    closes_at: string;
    code: string | null;
    message: string | null;
  };
  /** Whether this tab has the seat of the person: the last one in which they tapped. Null if no tab has it. */
  place: "here" | "elsewhere" | null;
  entry: Entry;
  /** The other participants: a host sees everyone; the others see the host, and each other once both are admitted. */
  people: Person[];
  /** `wait`: enter the waiting room, or remain in it. */
  may: { enter: boolean; wait: boolean; start: boolean; ticket: boolean; end: boolean };
}

/** Checks that the parts used for rendering are present; unknown fields are ignored. Throws otherwise. */
export function readStanding(value: unknown): Standing {
  const standing = value as Standing;
  const whole =
    isObject(value) &&
    typeof value["version"] === "number" &&
    typeof value["now"] === "string" &&
    !Number.isNaN(Date.parse(value["now"])) &&
    ROLES.includes(value["role"]) &&
    ["me", "words", "appointment", "consultation", "door", "may"].every((part) => isObject(value[part])) &&
    typeof standing.me.id === "string" &&
    typeof standing.consultation.id === "string" &&
    Array.isArray(value["people"]);
  if (!whole) throw new TypeError("not a standing");
  return standing;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
