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
