/** Times, durations and figures in words. Absent values are "n/a"; every figure carries its unit. */
import { dateFormat, numberFormat } from "./formatters";

const NOT_KNOWN = "n/a";
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MOMENT: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "long", hourCycle: "h23" };
const TIME: Intl.DateTimeFormatOptions = { timeStyle: "medium", hourCycle: "h23" };
const FIGURES = {
  0: { maximumFractionDigits: 0 },
  1: { maximumFractionDigits: 1 },
  2: { maximumFractionDigits: 2 },
  3: { maximumFractionDigits: 3 },
  4: { maximumFractionDigits: 4 },
} as const;
/** How many decimals a figure may have. */
export type Decimals = keyof typeof FIGURES;
const [CENTS, SMALL_AMOUNTS] = [2, 4].map((maximumFractionDigits) => ({
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits,
})) as [Intl.NumberFormatOptions, Intl.NumberFormatOptions];

/** `340 ms`, `2.4 s`, `48 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NOT_KNOWN;
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  const [big, bigUnit, small, smallUnit] =
    ms < HOUR ? [MINUTE, "min", SECOND, "s"] : ms < DAY ? [HOUR, "h", MINUTE, "min"] : [DAY, "d", HOUR, "h"];
  const whole = Math.floor(ms / (big as number));
  const rest = Math.floor((ms % (big as number)) / (small as number));
  return rest === 0 ? `${whole} ${bigUnit}` : `${whole} ${bigUnit} ${rest} ${smallUnit}`;
}

/** How long ago, coarse: `just now`, `14 s ago`, `11 min ago`, `3 h ago`, `2 d ago`; `in 12 s` for the future. */
export function ago(at: number, now: number): string {
  const past = now - at;
  if (Math.abs(past) < 2 * SECOND) return "just now";
  const text = coarse(Math.abs(past));
  return past < 0 ? `in ${text}` : `${text} ago`;
}

/** How long since, coarse: `14 s`, `11 min`, `3 h`, `2 d`. */
export const age = (at: number, now: number): string => coarse(Math.max(0, now - at));

function coarse(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** Day and time to the second on a 24-hour clock, with the zone, in the operator's language. */
export function moment(at: number): string {
  return dateFormat(MOMENT).format(at);
}

/** Time of day to the second: `14:03:27`. */
export function timeOfDay(at: number): string {
  return dateFormat(TIME).format(at);
}

/** A share of 0 to 1 as percent: `0.4 %`, `12 %`, `99.95 %`; `decimals` at most. */
export function percent(share: number | null | undefined, decimals: Decimals = 1): string {
  if (share === null || share === undefined) return NOT_KNOWN;
  return `${figure(share * 100, decimals)} %`;
}

/** An amount in US dollars: `$3.10`, `$0.0042`, `-$0.40`. */
export function dollars(amount: number | null | undefined): string {
  if (amount === null || amount === undefined) return NOT_KNOWN;
  const small = amount !== 0 && Math.abs(amount) < 1;
  return numberFormat(small ? SMALL_AMOUNTS : CENTS, "en-US").format(amount);
}

/** A number with at most so many decimals, grouped. */
export function figure(value: number | null | undefined, decimals: Decimals = 0): string {
  if (value === null || value === undefined) return NOT_KNOWN;
  return numberFormat(FIGURES[decimals]).format(value);
}
