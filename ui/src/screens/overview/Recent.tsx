import { Link } from "@tanstack/react-router";
import { ArrowRight, CornerUpLeft, History } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { SimulatedBadge } from "@/components/mode";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { ChangeOver } from "@/contract";
import { duration } from "@/lib/format";
import { incidentHref } from "@/lib/links";
import { sentence } from "@/lib/sentence";
import { words } from "@/lib/words";

/** The newest change-overs: from where to where, why, and what to do about it. */
export const Recent = memo(({ changes }: { changes: ChangeOver[] }) => {
  const { t } = useTranslation("overview");
  return (
    <Card
      title={t("recent.title")}
      aside={
        changes.length > 0 && (
          <Link to="/history" className={buttonClass("ghost", "sm")}>
            {t("recent.all")}
          </Link>
        )
      }
    >
      {changes.length === 0 ? (
        <EmptyState icon={<History aria-hidden />} title={t("recent.none")}>
          {t("recent.none_body")}
        </EmptyState>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {changes.map((change) => (
            <Row key={change.id} change={change} />
          ))}
        </ul>
      )}
    </Card>
  );
});

function Row({ change }: { change: ChangeOver }) {
  const { t } = useTranslation("overview");
  const Icon = change.direction === "back" ? CornerUpLeft : ArrowRight;
  return (
    <li data-testid="changeover-row" className="grid grid-cols-[72px_minmax(0,1fr)_auto] gap-x-3 py-2">
      <Time at={change.at_ms} className="text-xs leading-5 text-muted" />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="flex items-center gap-1.5 font-medium">
            {change.from}
            <Icon
              className="size-3.5 text-faint"
              aria-label={t(change.direction === "back" ? "recent.back" : "recent.to")}
            />
            {change.to}
          </span>
          <span className="text-muted">{words(change.trigger)}</span>
          <span className="text-xs text-faint">{change.chain}</span>
          {change.simulated && <SimulatedBadge />}
        </p>
        {change.error && <p className="break-words text-muted">{sentence(change.error)}</p>}
        {change.advice && <p className="break-words">{change.advice}</p>}
      </div>
      <div className="flex flex-col items-end text-xs leading-5">
        {change.waited_ms !== null && (
          <span className="numeric text-muted" title={t("recent.waited")}>
            {t("recent.waited")} {duration(change.waited_ms)}
          </span>
        )}
        {change.incident && (
          <a href={incidentHref(change.incident)} className="text-accent hover:underline">
            {t("recent.incident")} {change.incident}
          </a>
        )}
      </div>
    </li>
  );
}
