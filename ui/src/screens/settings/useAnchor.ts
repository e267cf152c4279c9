import { type RefObject, useEffect } from "react";

/** Sections load one by one and push each other down: for so long the anchor is held. */
const HOLD_MS = 3_000;

/** Brings an element into view and keeps it there while its neighbours load, unless the operator scrolls. */
export function useAnchor(content: RefObject<HTMLElement | null>, anchor: string | undefined) {
  useEffect(() => {
    const element = content.current;
    if (anchor === undefined || element === null) return;
    const show = () => document.getElementById(anchor)?.scrollIntoView();
    const watch = new ResizeObserver(show);
    const stop = () => {
      watch.disconnect();
      clearTimeout(timer);
      for (const name of ["wheel", "keydown", "pointerdown"]) removeEventListener(name, stop);
    };
    const timer = setTimeout(stop, HOLD_MS);
    for (const name of ["wheel", "keydown", "pointerdown"]) addEventListener(name, stop);
    watch.observe(element);
    show();
    return stop;
  }, [content, anchor]);
}
