/** What a serving engine says of its own load, in one line; what is wrong beneath it, with what to do. */
import { TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Tooltip } from "@/components/ui/tooltip";
import type { EngineFinding, EngineLoad as Load } from "@/contract";
import { bytes } from "@/lib/bytes";
import { cn } from "@/lib/cn";
import { ago, figure, percent } from "@/lib/format";
import { sentence } from "@/lib/sentence";
import { useFromNow } from "@/state/now";

/** Older than two readings at the slowest usual pace. */
const OLD_AFTER_MS = 30_000;

export function EngineLoad({ load }: { load: Load | null }) {
  const { t } = useTranslation("watch");
  const at = load?.at_ms ?? 0;
  const age = useFromNow((now) => (now - at > OLD_AFTER_MS ? ago(at, now) : ""));
  const facts = useFacts(load);
  if (!load) return null;
  return (
    <div className="flex w-full min-w-0 flex-col gap-0.5 text-xs text-muted">
      {facts.length > 0 && (
        <p
          title={t("engine.label")}
          data-testid="engine-load"
          className={cn("numeric truncate", age && "text-faint")}
        >
          {facts.join(" · ")}
          {age && ` · ${t("engine.old", { age })}`}
        </p>
      )}
      {load.findings.map((finding) => (
        <Finding key={finding.what} finding={finding} />
      ))}
    </div>
  );
}

function Finding({ finding }: { finding: EngineFinding }) {
  return (
    <Tooltip content={finding.remedy}>
      <button
        type="button"
        data-testid="engine-finding"
        className={cn(
          "flex min-w-0 items-start gap-1 text-left",
          finding.degrades ? "text-warn" : "text-faint",
        )}
      >
        {finding.degrades && <TriangleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />}
        <span className="line-clamp-2 break-words">{sentence(finding.what)}</span>
      </button>
    </Tooltip>
  );
}

function useFacts(load: Load | null): string[] {
  const { t } = useTranslation("watch");
  if (!load) return [];
  const { running, slots, waiting, cache, tokens_per_second, models } = load;
  const facts: string[] = [];
  if (running !== null)
    facts.push(
      slots === null ? t("engine.running", { n: running }) : t("engine.running_of", { n: running, slots }),
    );
  if (waiting !== null) facts.push(t("engine.waiting", { n: waiting }));
  if (cache !== null) facts.push(t("engine.cache", { share: percent(cache, 0) }));
  if (tokens_per_second !== null) facts.push(t("engine.rate", { n: figure(tokens_per_second) }));
  for (const { name, size, in_gpu } of models) {
    const key = in_gpu === 0 ? "engine.loaded_cpu" : "engine.loaded";
    facts.push(t(key, { name, size: bytes(size), share: percent(size === 0 ? null : in_gpu / size, 0) }));
  }
  return facts;
}
