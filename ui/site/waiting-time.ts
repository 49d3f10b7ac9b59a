// Waiting time as the server formats it: whole minutes, rounded down.

const MINUTE = 60_000;

export function waitingTime(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE);
  return minutes < 1 ? "just now" : `${minutes} min`;
}
