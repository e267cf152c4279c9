import { ChevronRight, CircleCheck, CircleX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import type { RequestExplained, RequestTier, RequestTry } from "@/contract";
import { cn } from "@/lib/cn";
import { duration } from "@/lib/format";
import { useRpc } from "@/state/rpc";

/** How often the list is asked for again while it is open, milliseconds. */
const AGAIN_MS = 3_000;

/** The newest requests; each opens to why it was answered as it was. No prompts, no answers. */
export function RequestsCard() {
  const { t } = useTranslation("requests");
  const [open, setOpen] = useState(false);
  return (
    <section aria-label={t("title")} className="rounded-lg border border-line bg-surface">
      <button
        type="button"
        aria-expanded={open}
        data-testid="requests-toggle"
        onClick={() => setOpen(!open)}
        className="flex w-full items-start gap-2 rounded-lg px-4 py-3 text-left hover:bg-hover"
      >
        <ChevronRight
          className={cn("mt-0.5 size-4 shrink-0 text-muted transition-transform", open && "rotate-90")}
          aria-hidden
        />
        <span>
          <span className="block text-base font-semibold">{t("title")}</span>
          <span className="block text-xs text-muted">{t("lead")}</span>
        </span>
      </button>
      {open && <List />}
    </section>
  );
}

function List() {
  const { t } = useTranslation("requests");
  const { data } = useRpc("requests", { limit: 50, offset: 0 }, { refetchInterval: AGAIN_MS });
  const [chosen, setChosen] = useState<string | null>(null);
  if (!data) return null;
  if (data.length === 0) return <p className="border-t border-line px-4 py-3 text-muted">{t("none")}</p>;
  return (
    <ul className="max-h-120 overflow-y-auto">
      {data.map((request) => (
        <li key={request.id} className="border-t border-line">
          <button
            type="button"
            aria-expanded={chosen === request.id}
            data-testid="request-row"
            onClick={() => setChosen(chosen === request.id ? null : request.id)}
            className="grid w-full grid-cols-[84px_minmax(0,1.2fr)_minmax(0,1fr)_auto_72px_64px] items-center gap-3 px-4 py-1.5 text-left hover:bg-hover"
          >
            <Time at={request.at_ms} className="text-xs text-muted" />
            <span className="truncate font-medium">{request.chain}</span>
            <span className="truncate text-muted">{request.tier ?? t("nobody")}</span>
            <Result request={request} />
            <span className="text-right text-xs text-muted">
              {t("tries", { count: request.tries.length })}
            </span>
            <span className="numeric text-right">{duration(request.total_ms)}</span>
          </button>
          {chosen === request.id && <Explained request={request} />}
        </li>
      ))}
    </ul>
  );
}

function Result({ request: { result } }: { request: RequestExplained }) {
  const { t } = useTranslation("requests");
  const words = {
    answered: t("result.answered"),
    failed: t("result.failed"),
    client_mistake: t("result.client_mistake"),
    client_gone: t("result.client_gone"),
  };
  const tone = result === "answered" ? "good" : result === "failed" ? "bad" : "neutral";
  const Icon = result === "answered" ? CircleCheck : CircleX;
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {words[result as keyof typeof words] ?? result}
    </Badge>
  );
}

function Explained({ request }: { request: RequestExplained }) {
  const { t } = useTranslation("requests");
  const said = ({ share_percent }: RequestTier) =>
    share_percent === undefined ? t("may_serve") : t("recovering", { share: share_percent });
  return (
    <div
      data-testid="request-explained"
      className="grid grid-cols-2 gap-6 border-t border-line bg-canvas px-4 py-3"
    >
      <div className="min-w-0">
        <h3 className="mb-1 text-xs font-medium text-muted">{t("tiers")}</h3>
        <ol className="flex flex-col gap-1">
          {request.tiers.map((tier, place) => (
            <li key={tier.tier} className="break-words">
              <span className="numeric text-faint">{place + 1}</span> <strong>{tier.tier}</strong>{" "}
              <span className="text-muted">{tier.why_not ?? said(tier)}</span>
            </li>
          ))}
        </ol>
        <p className="mt-2 text-xs break-all text-faint">
          {t("asked", { model: request.asked, id: request.id })}
        </p>
      </div>
      <div className="min-w-0">
        <h3 className="mb-1 text-xs font-medium text-muted">{t("made")}</h3>
        {request.tries.length === 0 && <p className="text-muted">{t("no_try")}</p>}
        <ol className="flex flex-col gap-2">
          {request.tries.map((made) => (
            <Try key={`${made.server} ${made.began_ms}`} made={made} />
          ))}
        </ol>
        {request.not_resumed && <p className="mt-2 text-muted">{request.not_resumed}</p>}
      </div>
    </div>
  );
}

function Try({ made }: { made: RequestTry }) {
  const { t } = useTranslation("requests");
  const first = made.first_token_ms === null ? "" : t("first_token", { time: duration(made.first_token_ms) });
  return (
    <li className="break-words">
      <strong>{made.tier}</strong> <span className="font-mono text-xs text-muted">{made.server}</span>{" "}
      <span className="numeric">{duration(made.total_ms)}</span> <span className="text-muted">{first}</span>
      {made.fault && <span className="block text-xs text-warn">{t("injected")}</span>}
      {made.failure === null ? (
        <span className="block text-good">{t("good")}</span>
      ) : (
        <>
          <span className="block text-bad">{made.message || made.failure}</span>
          {made.verdict && <span className="block text-xs text-muted">{made.verdict}</span>}
        </>
      )}
      {made.left_out.length > 0 && (
        <span className="block text-xs text-muted">
          {t("left_out", { fields: made.left_out.join(", ") })}
        </span>
      )}
    </li>
  );
}
