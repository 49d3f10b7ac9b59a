// Formats durations and times of day. Pure: the time is always an argument, in milliseconds of the server's clock.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Under an hour to the second ("9:05"), else in the two largest units ("3 h 12 min", "2 days 4 h"). */
export function countdown(ms: number): string {
  const left = Math.max(0, ms);
  if (left < HOUR) return clockDigits(Math.ceil(left / SECOND));
  if (left < DAY) return pair(Math.floor(left / HOUR), "h", Math.floor((left % HOUR) / MINUTE), "min");
  const days = Math.floor(left / DAY);
  return pair(days, days === 1 ? "day" : "days", Math.floor((left % DAY) / HOUR), "h");
}

/** Elapsed time as a running clock: "0:07", "12:30", "1:02:03". */
export function elapsed(ms: number): string {
  return clockDigits(Math.floor(Math.max(0, ms) / SECOND));
}

/** Whole minutes, rounded down: 0 during the first minute. */
export function minutes(ms: number): number {
  return Math.max(0, Math.floor(ms / MINUTE));
}

export function length(seconds: number): string {
  if (seconds < 60) return seconds === 1 ? "1 second" : `${Math.max(0, Math.round(seconds))} seconds`;
  const whole = Math.round(seconds / 60);
  if (whole < 60) return whole === 1 ? "1 minute" : `${whole} minutes`;
  return pair(Math.floor(whole / 60), "h", whole % 60, "min");
}

/** Time of day in the appointment's time zone. */
export function hour(instant: string, zone: string, locale?: string): string {
  const format: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat(locale, { ...format, timeZone: zone }).format(Date.parse(instant));
  } catch {
    return new Intl.DateTimeFormat(locale, format).format(Date.parse(instant)); // the browser does not know this time zone
  }
}

function clockDigits(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small > 0 ? `${big} ${bigUnit} ${small} ${smallUnit}` : `${big} ${bigUnit}`;
}
