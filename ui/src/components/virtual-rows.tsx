/** Rows of a table of which only those near the view are in the page; two empty rows hold the place of the others. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";

/** Rows kept beyond the view, so that the keyboard and a quick wheel find them there. */
const OVERSCAN = 12;
/** The next page is asked for while so many rows are left. */
const EARLY = 30;

interface Props<R> {
  rows: readonly R[];
  /** The usual height of a row, CSS pixels; rows are measured as they are shown. */
  height: number;
  columns: number;
  /** The last rows come near. */
  onEnd: () => void;
  /** A row; it takes `ref` and `data-index`, by which it is measured. */
  row: (row: R, aria: { ref: (element: Element | null) => void; "data-index": number }) => ReactNode;
  /** For whoever moves through the rows by keyboard. */
  list?: RefObject<HTMLTableSectionElement | null>;
}

/** The part of the page that scrolls. */
const scroller = () => document.getElementById("content");

export function VirtualRows<R extends { id: string }>({ rows, height, columns, onEnd, row, list }: Props<R>) {
  const own = useRef<HTMLTableSectionElement>(null);
  const body = list ?? own;
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const element = body.current;
    const content = scroller();
    if (element === null || content === null) return;
    const top = element.getBoundingClientRect().top - content.getBoundingClientRect().top + content.scrollTop;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: scroller,
    estimateSize: () => height,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: OVERSCAN,
    scrollMargin: margin,
  });
  const shown = virtual.getVirtualItems();
  const [first, last] = [shown[0], shown.at(-1)];
  const before = first ? first.start - margin : 0;
  const after = last ? virtual.getTotalSize() - (last.end - margin) : 0;
  const near = (last?.index ?? 0) >= rows.length - EARLY;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that came in may ask for the next, and so may as many other rows
  useEffect(() => {
    if (!near) return;
    // A moment later: whoever owns the rows learns of another list after its parts do.
    const soon = setTimeout(onEnd, 0);
    return () => clearTimeout(soon);
  }, [near, rows]);
  return (
    <tbody ref={body}>
      <Gap height={before} columns={columns} />
      {shown.map(({ index }) => {
        const one = rows[index];
        return one && row(one, { ref: virtual.measureElement, "data-index": index });
      })}
      <Gap height={after} columns={columns} />
    </tbody>
  );
}

function Gap({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  );
}
