import { CircleCheck, CircleX, Send } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { SimulatedBadge } from "@/components/mode";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Switch } from "@/components/ui/switch";
import type { ChainView, PracticeServer, TryResult } from "@/contract";
import { duration } from "@/lib/format";
import { useCommand, useRpc } from "@/state/rpc";
import { Tour } from "./Tour";

/** Simulated servers to try a failover with: nothing here touches a real one. */
export function Practice({ chains, shown }: { chains: ChainView[]; shown: ChainView | undefined }) {
  const { t } = useTranslation("overview");
  const { data, error, refetch } = useRpc("practice", null);
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  const chain = shown?.simulated ? shown : chains.find((candidate) => candidate.simulated);
  if (!data || data.servers.length === 0 || !chain) return null;
  return (
    <Card title={t("practice.title")} aside={<SimulatedBadge />}>
      <p className="mb-2 text-muted">{t("practice.lead")}</p>
      <Tour chain={chain} />
      <ul className="my-3 flex flex-col gap-1">
        {data.servers.map((server) => (
          <Server key={server.name} server={server} />
        ))}
      </ul>
      <Try chain={chain.name} />
    </Card>
  );
}

function Server({ server }: { server: PracticeServer }) {
  const { t } = useTranslation("overview");
  const set = useCommand("practice.set");
  const { refetch } = useRpc("practice", null);
  const flip = (failing: boolean) =>
    set.mutate(
      { name: server.name, failing },
      { onSuccess: () => void refetch(), onError: (e) => toast.error(e.message, { description: e.remedy }) },
    );
  const state = server.failing
    ? t("practice.failing")
    : server.address
      ? t("practice.running", { address: server.address })
      : t("practice.starting");
  return (
    <li className="flex items-center justify-between gap-3 py-0.5">
      <div className="min-w-0">
        <p className="truncate font-medium" title={server.label}>
          {server.name}
        </p>
        <p className="flex items-center gap-1 truncate text-xs text-muted">
          {server.failing ? (
            <CircleX className="size-3 shrink-0 text-bad" aria-hidden />
          ) : (
            <CircleCheck className="size-3 shrink-0 text-good" aria-hidden />
          )}
          {state}
        </p>
      </div>
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control */}
      <label className="flex shrink-0 items-center gap-2 text-xs text-muted">
        {t("practice.switch")}
        <Switch
          data-testid={`practice-fail-${server.name}`}
          aria-label={t("practice.fail", { name: server.name })}
          checked={server.failing}
          disabled={set.isPending}
          onCheckedChange={flip}
        />
      </label>
    </li>
  );
}

function Try({ chain }: { chain: string }) {
  const { t } = useTranslation("overview");
  const ask = useCommand("chain.try");
  return (
    <div className="flex flex-col gap-2">
      <Button
        data-testid="practice-send"
        disabled={ask.isPending}
        onClick={() => ask.mutate({ chain, prompt: t("practice.prompt") })}
      >
        <Send aria-hidden />
        {t(ask.isPending ? "practice.sending" : "practice.send")}
      </Button>
      <div aria-live="polite">
        {ask.data && <Answer result={ask.data} />}
        {ask.error && <ErrorState error={ask.error} />}
      </div>
    </div>
  );
}

function Answer({ result }: { result: TryResult }) {
  const { t } = useTranslation("overview");
  const took = duration(result.took_ms);
  const tries = result.attempts === null ? null : t("practice.tries", { count: result.attempts });
  const Icon = result.ok ? CircleCheck : CircleX;
  return (
    <div data-testid="practice-answer" className="rounded-md bg-canvas p-2.5">
      <p className="flex items-center gap-1.5 font-medium">
        <Icon className={`size-4 shrink-0 ${result.ok ? "text-good" : "text-bad"}`} aria-hidden />
        {result.ok && result.tier
          ? t("practice.answered", { tier: result.tier, took })
          : t("practice.failed")}
      </p>
      {tries && <p className="text-xs text-faint">{tries}</p>}
      <p className="mt-1 line-clamp-4 break-words text-muted">{result.text}</p>
    </div>
  );
}
