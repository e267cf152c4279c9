/** A moment as text that can be edited, by the clock on the operator's wall: `2026-11-20 14:03:27.412`. */

const two = (value: number) => String(value).padStart(2, "0");

export function toLocal(at: number): string {
  const d = new Date(at);
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const ms = String(d.getMilliseconds()).padStart(3, "0");
  return `${day} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${ms}`;
}

/** The moment; `null` when the text is none. */
export function fromLocal(text: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/.exec(text.trim());
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Number((match[7] ?? "0").padEnd(3, "0"));
  const date = new Date(year ?? 0, (month ?? 1) - 1, day, hour, minute, second, ms);
  // 31 February is no day, though Date makes one of it.
  return date.getMonth() === (month ?? 1) - 1 && date.getDate() === day ? date.getTime() : null;
}
