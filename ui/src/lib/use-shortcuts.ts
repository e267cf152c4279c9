import { useEffect } from "react";

/** How long after `g` a letter still counts as its second half. */
const CHORD_MS = 1200;

interface Actions {
  palette: () => void;
  help: () => void;
  /** A letter after `g`; true when it led somewhere. */
  go: (letter: string) => boolean;
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, [role='dialog'], [role='alertdialog']") !== null)
  );
}

/** Ctrl+K, `?`, and `g` followed by a letter; none of the letters while somebody types. */
export function useShortcuts({ palette, help, go }: Actions) {
  useEffect(() => {
    let chordUntil = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        palette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      if (event.timeStamp < chordUntil) {
        chordUntil = 0;
        if (go(event.key)) event.preventDefault();
      } else if (event.key === "g") {
        chordUntil = event.timeStamp + CHORD_MS;
      } else if (event.key === "?") {
        event.preventDefault();
        help();
      }
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [palette, help, go]);
}
