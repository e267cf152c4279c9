/** Durations as the configuration writes them. Range: 0 to 30 days. */

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+)\s*(ms|s|min|m|h|d)/gy;
const LONGEST_MS = 30 * 86_400_000;

/** Milliseconds, or null when the text is no duration of this range. */
export function parseSpan(text: string): number | null {
  const rest = text.trim();
  if (rest === "") return null;
  PART.lastIndex = 0;
  let total = 0;
  while (PART.lastIndex < rest.length) {
    const match = PART.exec(rest);
    if (!match) return null;
    total += Number(match[1]) * (UNITS[match[2] ?? ""] ?? Number.NaN);
  }
  return total <= LONGEST_MS ? total : null;
}
