import { cn } from "@/lib/cn";

interface Props {
  label: string;
  /** The figure in words, with its unit. */
  text: string;
  /** 0 to 1; `null` when not measured, left out for a figure without a limit. */
  share?: number | null;
  /** Whether the value is too old to be relied on. */
  old: boolean;
}

/** A figure with the part of its limit that it fills. */
export function Meter({ label, text, share, old }: Props) {
  return (
    <div className="min-w-0">
      <div className="flex items-baseline justify-between gap-2">
        <span className="text-xs text-muted">{label}</span>
        <span className={cn("numeric truncate font-medium", old && "text-faint")}>{text}</span>
      </div>
      {share !== undefined && (
        <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-hover" aria-hidden="true">
          <div
            className={cn("h-full rounded-full", old ? "bg-line-strong" : "bg-(--series-1)")}
            style={{ width: `${(share ?? 0) * 100}%` }}
          />
        </div>
      )}
    </div>
  );
}
