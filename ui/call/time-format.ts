// Formats durations and times of day in the language of the page. Pure apart from that: the time is always an
// argument, in milliseconds of the server's clock.

import { locale, t } from "../l10n/words.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Under an hour to the second ("9:05"), else in the two largest units ("3 h 12 min", "2 days 4 h"). */
export function countdown(ms: number): string {
  const left = Math.max(0, ms);
  if (left < HOUR) return clockDigits(Math.ceil(left / SECOND));
  if (left < DAY) return hoursAndMinutes(Math.floor(left / HOUR), Math.floor((left % HOUR) / MINUTE));
  const [days, hours] = [Math.floor(left / DAY), Math.floor((left % DAY) / HOUR)];
  return hours > 0 ? t("time-days-hours", { days, hours }) : t("time-days", { days });
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
  if (seconds < 60) return t("time-seconds", { seconds: Math.max(0, Math.round(seconds)) });
  const whole = Math.round(seconds / 60);
  return whole < 60 ? t("time-minutes", { minutes: whole }) : hoursAndMinutes(Math.floor(whole / 60), whole % 60);
}

/** Time of day in the appointment's time zone. */
export function hour(instant: string, zone: string): string {
  return formatted(instant, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function formatted(instant: string, zone: string, format: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(locale(), { ...format, timeZone: zone }).format(Date.parse(instant));
  } catch {
    return new Intl.DateTimeFormat(locale(), format).format(Date.parse(instant)); // the browser does not know this time zone
  }
}

function clockDigits(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function hoursAndMinutes(hours: number, minutes: number): string {
  return minutes > 0 ? t("time-hours-minutes", { hours, minutes }) : t("time-hours", { hours });
}
