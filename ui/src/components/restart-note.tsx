/** The last step of a server's restarts. */
import { RotateCw, TriangleAlert } from "lucide-react";
import { Time } from "@/components/time";
import type { RestartView } from "@/contract";
import { cn } from "@/lib/cn";
import { sentence } from "@/lib/sentence";

export function RestartNote({ restart }: { restart: RestartView | null }) {
  if (!restart) return null;
  const Icon = restart.failed ? TriangleAlert : RotateCw;
  return (
    <p
      data-testid="restart-note"
      className={cn("flex items-start gap-1 text-xs", restart.failed ? "text-warn" : "text-muted")}
    >
      <Icon className="mt-0.5 size-3 shrink-0" aria-hidden />
      <span className="line-clamp-3 break-words">
        {sentence(restart.words)} <Time at={restart.at_ms} />
      </span>
    </p>
  );
}
