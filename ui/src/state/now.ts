/** One clock for every relative time on screen: it ticks once a second, and not while the page is hidden. */
import { useSyncExternalStore } from "react";

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick() {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** The clock stands still while the page is hidden. */
function wind() {
  clearInterval(timer);
  if (document.hidden) return;
  timer = setInterval(tick, TICK_MS);
  tick();
}

/** Calls back with each second that passes while the page can be seen, until the returned function is called. */
export function eachSecond(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    now = Date.now();
    document.addEventListener("visibilitychange", wind);
    timer = setInterval(tick, TICK_MS);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", wind);
    }
  };
}

/** The wall clock, milliseconds, to the second. */
export function useNow(): number {
  return useSyncExternalStore(eachSecond, () => now);
}

/** What follows from the wall clock: drawn again only when that changes, not with every second. */
export function useFromNow<T extends string | number | boolean>(compute: (now: number) => T): T {
  return useSyncExternalStore(eachSecond, () => compute(now));
}
