import { Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { Time } from "@/components/time";
import type { GpuPage, GpuView } from "@/contract";
import { duration } from "@/lib/format";
import { useFromNow } from "@/state/now";
import { useRpc } from "@/state/rpc";
import { Fleet } from "./Fleet";
import { GpuCard } from "./GpuCard";
import { GpuHistory } from "./GpuHistory";
import { MANY, OLD_AFTER_MS, POLL_MS } from "./gpu";
import { Hosts } from "./Hosts";
import { NoGpus } from "./NoGpus";

export function GpusScreen() {
  const { t } = useTranslation("gpus");
  const { data, error, refetch } = useRpc("gpus", null, { refetchInterval: POLL_MS });
  return (
    <Page title={t("title")} lead={data && data.gpus.length > 0 && <Lead page={data} />}>
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {data && error && <ErrorState error={error} onRetry={refetch} />}
      {data && (data.gpus.length > 0 ? <Gpus page={data} /> : <NoGpus page={data} />)}
      {data && <Hosts page={data} />}
    </Page>
  );
}

function Lead({ page }: { page: GpuPage }) {
  const { t } = useTranslation("gpus");
  return (
    <>
      {t("lead", { count: page.gpus.length, driver: page.driver ?? t("driver_unknown") })}
      {page.at_ms !== null && (
        <>
          {" · "}
          {t("sampled")} <Time at={page.at_ms} />
        </>
      )}
    </>
  );
}

function Gpus({ page }: { page: GpuPage }) {
  const { at_ms } = page;
  const old = useFromNow((now) => at_ms === null || now - at_ms > OLD_AFTER_MS);
  const tooOld = (gpu: GpuView) => (gpu.host === null ? old : isOld(page, gpu.host));
  const many = page.gpus.length >= MANY;
  return (
    <>
      {at_ms !== null && old && <OldNotice at={at_ms} />}
      {many && <Fleet gpus={page.gpus} isOld={tooOld} />}
      {many && <GpuHistory />}
      <div className="grid gap-4 [grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr))]">
        {page.gpus.map((gpu) => (
          <GpuCard key={gpu.uuid} gpu={gpu} old={tooOld(gpu)} />
        ))}
      </div>
      {!many && <GpuHistory />}
    </>
  );
}

/** Another machine's GPUs are as old as its last answer is said to be. */
const isOld = (page: GpuPage, host: string) => page.hosts.some((h) => h.name === host && h.reason !== null);

function OldNotice({ at }: { at: number }) {
  const { t } = useTranslation("gpus");
  const age = useFromNow((now) => duration(now - at));
  return (
    <p role="status" className="flex items-center gap-2 rounded-lg bg-unknown-soft px-4 py-2 text-unknown">
      <Clock className="size-4 shrink-0" aria-hidden />
      {t("stale", { age })}
    </p>
  );
}
