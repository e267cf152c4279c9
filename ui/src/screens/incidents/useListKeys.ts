import { type RefObject, useEffect } from "react";

const TYPING = "input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog]";

/** j and k move the focus through the links marked `data-row` within an element; Enter is the link's own. */
export function useListKeys(list: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const move = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "j" && event.key !== "k")) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
      const focused = document.activeElement;
      const here = focused instanceof HTMLElement ? rows.indexOf(focused) : -1;
      const next = event.key === "j" ? Math.min(here + 1, rows.length - 1) : Math.max(here - 1, 0);
      rows[next]?.focus();
      rows[next]?.scrollIntoView({ block: "nearest" });
    };
    document.addEventListener("keydown", move);
    return () => document.removeEventListener("keydown", move);
  }, [list]);
}
