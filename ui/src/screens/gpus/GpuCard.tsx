import { CircleCheck, Clock, OctagonX, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { GpuFinding, GpuView } from "@/contract";
import { cn } from "@/lib/cn";
import { figure } from "@/lib/format";
import { sentence } from "@/lib/sentence";
import { GpuUse } from "./GpuUse";
import { type GpuStatus, gib, measured, nameOf, share, split, statusOf } from "./gpu";
import { Meter } from "./Meter";

/** How each status is shown. */
export const LOOKS = {
  well: { tone: "good", icon: CircleCheck },
  attention: { tone: "warn", icon: TriangleAlert },
  out: { tone: "bad", icon: OctagonX },
  old: { tone: "unknown", icon: Clock },
} as const satisfies Record<GpuStatus, { tone: Tone; icon: unknown }>;

/** One GPU now; `old` is whether its sample is too old to be relied on. */
export function GpuCard({ gpu, old }: { gpu: GpuView; old: boolean }) {
  const { t } = useTranslation("gpus");
  const status = statusOf(gpu, old);
  const { tone, icon: Icon } = LOOKS[status];
  return (
    <Card
      id={`gpu-${gpu.uuid}`}
      className="scroll-mt-5"
      data-testid={`gpu-card-${gpu.host === null ? "" : `${gpu.host}-`}${gpu.index}`}
      title={
        <>
          {nameOf(gpu, t)}
          <span className="ml-2 font-normal text-muted">{gpu.name}</span>
        </>
      }
      aside={
        <Badge tone={tone}>
          <Icon aria-hidden />
          {t(`status.${status}`)}
        </Badge>
      }
    >
      {gpu.findings.map((finding) => (
        <Finding key={finding.what} finding={finding} />
      ))}
      <Meters gpu={gpu} old={old} />
      <Facts gpu={gpu} old={old} />
      <GpuUse gpu={gpu} />
    </Card>
  );
}

/** Why it is slowed, one reason after the other; "n/a" where no clock can be read, nothing where it is not. */
function slowedBy({ throttled, clock_sm }: GpuView): string | null {
  if (throttled.length > 0) return sentence(throttled.join(", ")).replace(/\.$/, "");
  return clock_sm === null ? figure(null) : null;
}

function Finding({ finding }: { finding: GpuFinding }) {
  const { t } = useTranslation("gpus");
  const Icon = finding.fatal ? OctagonX : TriangleAlert;
  return (
    <div
      className={cn("mb-3 flex gap-2.5 rounded-md px-3 py-2", finding.fatal ? "bg-bad-soft" : "bg-warn-soft")}
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", finding.fatal ? "text-bad" : "text-warn")} aria-hidden />
      <div className="min-w-0">
        <p className={cn("font-medium", finding.fatal ? "text-bad" : "text-warn")}>
          {sentence(finding.what)}
        </p>
        <p>{finding.remedy}</p>
        {finding.fatal && <p className="text-xs text-muted">{t("finding_fatal")}</p>}
      </div>
    </div>
  );
}

function Meters({ gpu, old }: { gpu: GpuView; old: boolean }) {
  const { t } = useTranslation("gpus");
  const against = (used: string, total: string, key: "of_total" | "of_cap") =>
    used === figure(null) ? used : t(key, { used, total });
  return (
    <div className="grid grid-cols-2 gap-x-5 gap-y-3">
      <Meter
        label={t("utilisation")}
        text={measured(gpu.utilisation, "%")}
        share={share(gpu.utilisation, 100)}
        old={old}
      />
      <Meter
        label={t("memory")}
        text={against(gib(gpu.memory_used_mib), gib(gpu.memory_total_mib), "of_total")}
        share={share(gpu.memory_used_mib, gpu.memory_total_mib)}
        old={old}
      />
      <Split gpu={gpu} />
      <Meter
        label={t("power")}
        text={against(measured(gpu.power, "W"), measured(gpu.power_limit, "W"), "of_cap")}
        share={share(gpu.power, gpu.power_limit)}
        old={old}
      />
      <Meter label={t("temperature")} text={measured(gpu.temperature, "°C")} old={old} />
    </div>
  );
}

/** Whose memory it is, where the processes say; models by name. */
function Split({ gpu }: { gpu: GpuView }) {
  const { t } = useTranslation("gpus");
  const { ours, others, free } = split(gpu);
  if (ours === null) return null;
  return (
    <p className="numeric col-span-2 -mt-2 text-xs text-muted">
      {t("split", { ours: gib(ours), others: gib(others), free: gib(free) })}
      {gpu.models.length > 0 && ` · ${gpu.models.join(", ")}`}
    </p>
  );
}

function Facts({ gpu, old }: { gpu: GpuView; old: boolean }) {
  const { t } = useTranslation("gpus");
  const facts = [
    [
      t("clocks"),
      t("clocks_value", { sm: measured(gpu.clock_sm, "MHz"), memory: measured(gpu.clock_memory, "MHz") }),
    ],
    [t("slowed"), slowedBy(gpu) ?? t("not_slowed")],
    [
      t("ecc"),
      gpu.ecc_uncorrected === null && gpu.ecc_corrected === null
        ? figure(null)
        : t("ecc_value", { uncorrected: figure(gpu.ecc_uncorrected), corrected: figure(gpu.ecc_corrected) }),
    ],
    [
      t("remapped"),
      gpu.remapped_corrected === null && gpu.remapped_uncorrected === null
        ? figure(null)
        : t("remapped_value", {
            corrected: figure(gpu.remapped_corrected),
            uncorrected: figure(gpu.remapped_uncorrected),
          }),
    ],
    [t("xids"), gpu.xids.length === 0 ? t("no_xids") : gpu.xids.join(", ")],
  ] as const;
  return (
    <dl className="mt-4 grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 border-t border-line pt-3">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className={cn("numeric min-w-0", old && "text-faint")}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
