// Steps of joining as User Timing marks: anteroom:tap, ticket, socket, connected, first-frame.
// Each join replaces the marks. The join benchmark reads them; they are not sent anywhere.

export type JoinStep = "tap" | "ticket" | "socket" | "connected" | "first-frame";

export function mark(moment: JoinStep): void {
  performance.clearMarks(`anteroom:${moment}`);
  performance.mark(`anteroom:${moment}`);
}

export function isMarked(moment: JoinStep): boolean {
  return performance.getEntriesByName(`anteroom:${moment}`, "mark").length > 0;
}

export function clearMarks(...moments: readonly JoinStep[]): void {
  for (const moment of moments) performance.clearMarks(`anteroom:${moment}`);
}
