import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import type { GpuView } from "@/contract";
import { cn } from "@/lib/cn";
import { LOOKS } from "./GpuCard";
import { type GpuStatus, measured, nameOf, share, statusOf } from "./gpu";

interface Props {
  gpus: readonly GpuView[];
  /** Whether a GPU's sample is too old to be relied on. */
  isOld: (gpu: GpuView) => boolean;
}

const WORST_FIRST: readonly GpuStatus[] = ["out", "attention", "old", "well"];

/** Many GPUs at a glance, each of which leads to its card. */
export function Fleet({ gpus, isOld }: Props) {
  const { t } = useTranslation("gpus");
  const states = gpus.map((gpu) => statusOf(gpu, isOld(gpu)));
  const counts = WORST_FIRST.flatMap((status) => {
    const count = states.filter((one) => one === status).length;
    return count === 0 ? [] : [`${count} ${t(`status.${status}`).toLowerCase()}`];
  });
  return (
    <Card
      title={t("fleet")}
      data-testid="gpu-fleet"
      aside={<span className="numeric text-muted">{counts.join(" · ")}</span>}
    >
      <ul className="grid gap-1.5 [grid-template-columns:repeat(auto-fill,minmax(150px,1fr))]">
        {gpus.map((gpu, at) => (
          <Tile key={gpu.uuid} gpu={gpu} status={states[at] ?? "old"} />
        ))}
      </ul>
    </Card>
  );
}

const INK = { good: "text-good", warn: "text-warn", bad: "text-bad", unknown: "text-unknown" } as const;

function Tile({ gpu, status }: { gpu: GpuView; status: GpuStatus }) {
  const { t } = useTranslation("gpus");
  const { tone, icon: Icon } = LOOKS[status];
  const place = gpu.host === null ? String(gpu.index) : `${gpu.host}/${gpu.index}`;
  const figures = `${measured(gpu.utilisation, "%")} · ${measured(gpu.temperature, "°C")}`;
  return (
    <li>
      <button
        type="button"
        className="flex w-full flex-col gap-1 rounded-md bg-hover px-2 py-1.5 text-left hover:brightness-95 dark:hover:brightness-125"
        title={`${nameOf(gpu, t)}: ${t(`status.${status}`)}`}
        onClick={() => document.getElementById(`gpu-${gpu.uuid}`)?.scrollIntoView()}
      >
        <span className="flex min-w-0 items-center gap-1.5">
          <Icon className={cn("size-3.5 shrink-0", INK[tone])} aria-hidden />
          <span className="truncate font-medium">{place}</span>
          <span className="sr-only">{t(`status.${status}`)}</span>
          <span className="numeric ml-auto shrink-0 text-xs text-muted">{figures}</span>
        </span>
        <span aria-hidden className="h-1 overflow-hidden rounded-full bg-line">
          <span
            className="block h-full rounded-full bg-(--series-1)"
            style={{ width: `${(share(gpu.utilisation, 100) ?? 0) * 100}%` }}
          />
        </span>
      </button>
    </li>
  );
}
