import { CircleX, KeyRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Tier } from "@/contract";
import { cn } from "@/lib/cn";
import { dollars } from "@/lib/format";
import { providerName } from "@/lib/words";
import { useRpc } from "@/state/rpc";
import type { Row } from "./trigger-values";

/** What matters most comes first: the line may be cut. */
const ORDER = [
  "provider_down",
  "rate_limited",
  "gpu",
  "first_token_above",
  "total_above",
  "context_too_long",
] as const satisfies Row[];

/** What the tier is: its name, whose model it asks, and what makes requests leave it. */
export function Identity({ tier }: { tier: Tier }) {
  const { t } = useTranslation("chains");
  const leaves = useLeaves(tier);
  return (
    <div className="min-w-0 text-xs text-muted">
      <p className="truncate text-sm font-semibold text-ink" title={tier.name}>
        {tier.name}
      </p>
      <p className="truncate" title={tier.model}>
        {providerName(tier.provider)} · {tier.model || t("tier.no_model")}
      </p>
      <p className="truncate" title={leaves} data-testid={`tier-triggers-${tier.name}`}>
        {leaves}
      </p>
    </div>
  );
}

/** Where it is, with which key and patience, and how much worse its answers are. */
export function Address({ tier }: { tier: Tier }) {
  const { t } = useTranslation("chains");
  const urls = tier.replicas?.length ? tier.replicas.map(({ url }) => url) : tier.url ? [tier.url] : [];
  const patience = t("tier.patience", tier.timeouts);
  const changed = useDegraded(tier);
  const price =
    tier.price && t("tier.price", { input: dollars(tier.price.input), output: dollars(tier.price.output) });
  const quality = [t(`tier.impact.${tier.quality_impact}`), ...(price ? [price] : []), ...changed].join(
    " · ",
  );
  return (
    <div className="min-w-0 text-xs text-muted">
      <p className={cn("truncate leading-5", urls.length > 0 && "font-mono")} title={urls.join("\n")}>
        {urls.join(", ") || t("tier.default_url")}
      </p>
      <p className="flex items-center gap-1">
        {tier.provider !== "practice" && <KeyState name={tier.key} />}
        <span className="truncate" title={quality}>
          {quality}
        </span>
      </p>
      <p className="truncate" title={t("tier.patience_all", tier.timeouts)}>
        {patience}
      </p>
    </div>
  );
}

const KEYRING = "keyring:";

/** The key by its name and last four characters, and whether the keyring still has it. */
function KeyState({ name }: { name: string | undefined }) {
  const { t } = useTranslation("chains");
  const { data } = useRpc("keys", null);
  const stored = name?.startsWith(KEYRING) ? name.slice(KEYRING.length) : null;
  const known = data?.keys.find((key) => key.name === stored);
  const missing = stored !== null && data !== undefined && !known?.present;
  const said = missing
    ? t("field.key_missing", { key: stored })
    : known
      ? `${known.name} (…${known.last_four})`
      : (name ?? t("tier.no_key"));
  const Icon = missing ? CircleX : KeyRound;
  return (
    <>
      <span className={cn("flex max-w-3/5 shrink-0 items-center gap-1", missing && "text-bad")} title={said}>
        <Icon className="size-3 shrink-0" aria-hidden />
        <span className="truncate">{said}</span>
      </span>
      <span aria-hidden>·</span>
    </>
  );
}

/** The trigger matrix in one line. */
function useLeaves({ triggers }: Tier): string {
  const { t } = useTranslation("chains");
  const on = ORDER.flatMap((row) => {
    const value = triggers[row];
    if (!value) return [];
    return [typeof value === "string" ? t(`tier.leaves.${row}`, { value }) : t(`tier.leaves.${row}`)];
  });
  return on.length === 0 ? t("tier.stays") : t("tier.leaves_on", { when: on.join(", ") });
}

/** What it changes in the requests that it serves. */
function useDegraded({ degrade }: Tier): string[] {
  const { t } = useTranslation("chains");
  const { max_tokens, temperature, system_note } = degrade;
  return [
    max_tokens === undefined ? "" : t("tier.at_most", { n: max_tokens }),
    temperature === undefined ? "" : t("tier.temperature", { value: temperature }),
    system_note ? t("tier.with_note") : "",
  ].filter(Boolean);
}
