/** Moments on a 24-hour clock, and to the millisecond where seconds are too coarse: an incident's steps are often within one. */
import { dateFormat } from "./formatters";

/** Time of day to the second on a 24-hour clock, as beside a chart: `14:03:27`. */
export function clockTime(at: number): string {
  return dateFormat({ timeStyle: "medium" }, "en-GB").format(at);
}

/** Time of day to the millisecond: `14:03:27.412`. */
export function preciseTime(at: number): string {
  return dateFormat(
    { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
    "en-GB",
  ).format(at);
}

/** Day, time to the millisecond and zone, in the operator's language. */
export function preciseMoment(at: number): string {
  return dateFormat({
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
    hourCycle: "h23",
  }).format(at);
}
