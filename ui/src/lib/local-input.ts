/** Times in fields for a date and a time of day. */

/** A time as `<input type="datetime-local">` wants it, in the local zone. */
export function toLocalInput(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What `<input type="datetime-local">` holds, as a time; `undefined` while it is incomplete. */
export function fromLocalInput(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A day as `<input type="date">` holds it, or empty for what is none. */
export function readDay(value: unknown): string {
  return typeof value === "string" && dayEnd(value) !== undefined ? value : "";
}

/** When such a day ends here, in milliseconds since 1970; `undefined` for what is no day. */
export function dayEnd(day: string): number | undefined {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00`) : undefined;
  if (!start || Number.isNaN(start.getTime())) return undefined;
  // Not a day's length later: the clock may be put forward or back on it.
  return start.setDate(start.getDate() + 1);
}
