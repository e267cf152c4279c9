/** Orders of names. Positions count from 0 and are kept within the list. */

/** The list with the item at `from` moved to `to`. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const result = [...items];
  const [item] = result.splice(from, 1);
  if (item === undefined) return result;
  result.splice(Math.max(0, Math.min(result.length, to)), 0, item);
  return result;
}

/** The items in the order of `names`; what `names` leaves out keeps its place at the end. */
export function inOrder<T extends { name: string }>(items: readonly T[], names: readonly string[]): T[] {
  const place = (item: T) => {
    const index = names.indexOf(item.name);
    return index < 0 ? names.length : index;
  };
  return items.toSorted((a, b) => place(a) - place(b));
}

export const sameOrder = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

/** A name that is not taken: `gpu`, `gpu-2`, `gpu-3`, ... */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n++) {
    const name = `${wanted}-${n}`;
    if (!taken.includes(name)) return name;
  }
}
