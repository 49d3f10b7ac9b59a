// Moments of joining, as User Timing marks: anteroom:tap, ticket, socket, connected, first-frame.
// Each join leaves one fresh set; the join benchmark reads them, nothing sends them anywhere.

export type Moment = "tap" | "ticket" | "socket" | "connected" | "first-frame";

export function mark(moment: Moment): void {
  performance.clearMarks(`anteroom:${moment}`);
  performance.mark(`anteroom:${moment}`);
}

export function isMarked(moment: Moment): boolean {
  return performance.getEntriesByName(`anteroom:${moment}`, "mark").length > 0;
}

export function forget(...moments: readonly Moment[]): void {
  for (const moment of moments) performance.clearMarks(`anteroom:${moment}`);
}
