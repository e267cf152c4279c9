import { DatabaseZap, FlaskConical, PlugZap, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import type { EndpointState } from "@/contract";
import { ago, timeOfDay } from "@/lib/format";
import { useConnection } from "@/state/live";
import { useNow } from "@/state/now";
import { useOverview } from "@/state/overview";
import { useCommand, useRpc } from "@/state/rpc";

/** What an operator must not overlook, above every screen. */
export function Banners() {
  const { data } = useOverview();
  const link = useConnection((state) => state.link);
  const lostAt = useConnection((state) => state.lostAt);
  return (
    <>
      {link === "lost" && lostAt !== null && <Lost at={lostAt} />}
      {data && !data.endpoint.listening && <Endpoint endpoint={data.endpoint} />}
      {data?.problems.map((problem) => (
        <Banner key={problem} tone="bad" icon={<DatabaseZap aria-hidden />}>
          <p data-testid="problem">{problem}</p>
        </Banner>
      ))}
      {data && data.faults_injected.length > 0 && <Faults names={data.faults_injected} />}
    </>
  );
}

const TONES = { bad: "bg-bad-soft [&>svg]:text-bad", warn: "bg-warn-soft [&>svg]:text-warn" } as const;

function Banner({
  tone,
  icon,
  children,
}: {
  tone: keyof typeof TONES;
  icon: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={`flex min-h-10 shrink-0 items-center gap-3 px-4 py-1.5 min-[900px]:px-6 [&>svg]:size-4 [&>svg]:shrink-0 ${TONES[tone]}`}
    >
      {icon}
      {children}
    </div>
  );
}

function Lost({ at }: { at: number }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <Banner tone="bad" icon={<Unplug aria-hidden />}>
      <p>{t("banner.lost", { time: timeOfDay(at), age: ago(at, now) })}</p>
    </Banner>
  );
}

function Endpoint({ endpoint }: { endpoint: EndpointState }) {
  const { t } = useTranslation();
  return (
    <Banner tone="bad" icon={<PlugZap aria-hidden />}>
      <p data-testid="endpoint-problem">
        <strong>{t("banner.endpoint")}</strong> {endpoint.problem}
      </p>
    </Banner>
  );
}

function Faults({ names }: { names: string[] }) {
  const { t } = useTranslation();
  const { data: practice } = useRpc("practice", null);
  const set = useCommand("practice.set");
  const failing = practice?.servers.filter((server) => server.failing) ?? [];
  const repair = () =>
    Promise.all(failing.map(({ name }) => set.mutateAsync({ name, failing: false }))).catch((error) =>
      toast.error(error.message, { description: error.remedy }),
    );
  return (
    <Banner tone="warn" icon={<FlaskConical aria-hidden />}>
      <p className="min-w-0 flex-1">{t("banner.faults", { count: names.length, names: names.join(", ") })}</p>
      {failing.length > 0 && (
        <Button size="sm" onClick={repair} disabled={set.isPending}>
          {t("banner.repair")}
        </Button>
      )}
    </Banner>
  );
}
