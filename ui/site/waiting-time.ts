// How long somebody has been waiting, in the server's words: a minute begun is not yet a minute.

const MINUTE = 60_000;

export function waitingTime(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / MINUTE);
  return minutes < 1 ? "just now" : `${minutes} min`;
}
