/** Moments on a 24-hour clock, and to the millisecond where seconds are too coarse: an incident's steps are often within one. */
import { dateFormat } from "./formatters";

const TIME: Intl.DateTimeFormatOptions = { timeStyle: "medium" };
const PRECISE_TIME: Intl.DateTimeFormatOptions = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
};
const PRECISE_MOMENT: Intl.DateTimeFormatOptions = {
  ...PRECISE_TIME,
  year: "numeric",
  month: "short",
  day: "numeric",
  timeZoneName: "short",
  hourCycle: "h23",
};

/** Time of day to the second on a 24-hour clock, as beside a chart: `14:03:27`. */
export function clockTime(at: number): string {
  return dateFormat(TIME, "en-GB").format(at);
}

/** Time of day to the millisecond: `14:03:27.412`. */
export function preciseTime(at: number): string {
  return dateFormat(PRECISE_TIME, "en-GB").format(at);
}

/** Day, time to the millisecond and zone, in the operator's language. */
export function preciseMoment(at: number): string {
  return dateFormat(PRECISE_MOMENT).format(at);
}

/** Whether two moments are on one day by the operator's clock. */
export const sameDay = (at: number, now: number): boolean =>
  new Date(at).toDateString() === new Date(now).toDateString();

/** The day alone, in the operator's language. */
export function dayOf(at: number): string {
  return new Intl.DateTimeFormat(navigator.language, { dateStyle: "full" }).format(at);
}
