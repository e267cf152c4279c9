/** A server's figures over four spans of time, side by side. */
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import type { FiguresView, PercentilesView, ReplicaView } from "@/contract";
import { duration, figure } from "@/lib/format";
import { useRpc } from "@/state/rpc";

const SPANS = ["quarter", "hour", "day", "week"] as const;
const POLL_MS = 15_000;

export function FiguresTable({ replica }: { replica: ReplicaView }) {
  const { t } = useTranslation("watch");
  const request = { replica: replica.id };
  const { data, error, refetch } = useRpc("replica.figures", request, { refetchInterval: POLL_MS });
  const columns = [replica.figures, ...(data?.periods ?? [])];
  return (
    <section className="flex flex-col gap-2" data-testid={`figures-${replica.id}`}>
      <h3 className="truncate font-mono text-xs text-muted">{replica.url}</h3>
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-xs text-faint">
            <th className="py-1 font-normal">{t("figures.measure")}</th>
            {columns.map((column, at) => (
              <th key={column.span_ms} className="px-2 py-1 text-right font-normal">
                {t(`figures.spans.${SPANS[at] ?? "week"}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, value]) => (
            <tr key={name} className="border-t border-line">
              <th className="py-1 text-left font-normal text-muted">{t(`figures.${name}`)}</th>
              {columns.map((column) => (
                <td key={column.span_ms} className="numeric px-2 py-1 text-right whitespace-nowrap">
                  {value(column)}
                </td>
              ))}
            </tr>
          ))}
          <tr className="border-t border-line align-top">
            <th className="py-1 text-left font-normal text-muted">{t("figures.errors")}</th>
            {columns.map((column) => (
              <td key={column.span_ms} className="px-2 py-1 text-right text-xs">
                {column.errors.length === 0 && t("figures.none")}
                {column.errors.map(({ cause, count }) => (
                  <span key={cause} className="block">
                    {cause} <span className="numeric">{figure(count)}</span>
                  </span>
                ))}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
      {!data &&
        (error ? (
          <ErrorState error={error} onRetry={refetch} />
        ) : (
          <p className="text-xs text-faint">{t("figures.loading")}</p>
        ))}
      <Facts replica={replica} />
    </section>
  );
}

const ROWS = [
  ["requests", (f) => figure(f.requests)],
  ["failed", (f) => figure(f.failed)],
  ["rate_limited", (f) => figure(f.rate_limited)],
  ["partial", (f) => figure(f.partial)],
  ["first_token", (f) => percentiles(f.first_token)],
  ["total", (f) => percentiles(f.total)],
  ["inter_token", (f) => percentiles(f.inter_token)],
  ["rate", (f) => figure(f.tokens_per_second, 1)],
] as const satisfies readonly (readonly [string, (figures: FiguresView) => string])[];

/** `7 / 38 / 45 ms`: the unit once, where all three have the same. */
function percentiles(of: PercentilesView | null): string {
  if (!of) return duration(null);
  const three = [of.p50_ms, of.p95_ms, of.p99_ms].map((ms) => duration(ms));
  const unit = / \D+$/.exec(three[0] ?? "")?.[0];
  const same =
    unit && three.every((text) => text.endsWith(unit) && text.indexOf(" ") === text.length - unit.length);
  return same ? `${three.map((text) => text.slice(0, -unit.length)).join(" / ")}${unit}` : three.join(" / ");
}

/** What is left of a server's rate limits, in words; empty where its answers do not say. */
export function quotaLeft(quota: ReplicaView["quota"], t: TFunction<"watch">): string[] {
  if (!quota) return [];
  const { requests_left, requests_limit, tokens_left, tokens_limit } = quota;
  const said: string[] = [];
  const say = (of: "requests" | "tokens", left: number | null, limit: number | null) => {
    if (left === null) return;
    const known = { left: figure(left), limit: figure(limit) };
    said.push(t(limit === null ? `figures.quota_${of}_alone` : `figures.quota_${of}`, known));
  };
  say("requests", requests_left, requests_limit);
  say("tokens", tokens_left, tokens_limit);
  return said;
}

function Facts({ replica }: { replica: ReplicaView }) {
  const { t } = useTranslation("watch");
  const { check_costs: costs } = replica;
  const left = quotaLeft(replica.quota, t);
  const checks =
    costs.billed > 0
      ? t("figures.checks_billed", { made: figure(costs.made), billed: figure(costs.billed) })
      : t("figures.checks_free", { made: figure(costs.made), generations: figure(costs.generations) });
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-0.5 text-xs">
      <dt className="text-muted">{t("figures.quota")}</dt>
      <dd className="numeric">{left.length > 0 ? left.join(", ") : t("figures.quota_unknown")}</dd>
      <dt className="text-muted">{t("figures.checks")}</dt>
      <dd className="numeric">{checks}</dd>
    </dl>
  );
}
