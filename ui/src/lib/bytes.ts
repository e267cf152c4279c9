import { figure } from "./format";

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size in the largest unit that keeps it above one: `512 bytes`, `1.4 MiB`. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${figure(value, unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit]}`;
}
