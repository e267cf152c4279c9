import { keepPreviousData } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState, LoadingState } from "@/components/states";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import type { AlertEntry } from "@/contract";
import { sentence } from "@/lib/sentence";
import { useRpc } from "@/state/rpc";
import { OutcomeBadge } from "./OutcomeBadge";

const STEP = 10;
const MOST = 500;

/** Alerts that were sent or held back, newest first. */
export function AlertLedger() {
  const { t } = useTranslation("settings");
  const [limit, setLimit] = useState(STEP);
  const { data, error, refetch } = useRpc(
    "alerts",
    { limit, offset: 0 },
    { placeholderData: keepPreviousData },
  );
  return (
    <div className="mt-4 border-t border-line pt-3">
      <h3 className="mb-1 text-xs font-medium text-muted">{t("alerts.ledger")}</h3>
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {data?.length === 0 && <p className="text-muted">{t("alerts.none")}</p>}
      {data && data.length > 0 && <Ledger entries={data} />}
      {data && data.length >= limit && limit < MOST && (
        <Button size="sm" className="mt-2" onClick={() => setLimit(Math.min(MOST, limit + 5 * STEP))}>
          {t("alerts.more")}
        </Button>
      )}
    </div>
  );
}

function Ledger({ entries }: { entries: readonly AlertEntry[] }) {
  const { t } = useTranslation("settings");
  return (
    <table className="w-full">
      <thead className="border-b border-line text-left text-xs text-faint">
        <tr>
          <th className="w-28 py-1 font-medium">{t("alerts.when")}</th>
          <th className="w-20 py-1 font-medium">{t("alerts.channel")}</th>
          <th className="py-1 font-medium">{t("alerts.alert")}</th>
          <th className="w-28 py-1 pl-3 font-medium">{t("alerts.outcome")}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id} className="border-b border-line align-top last:border-0">
            <td className="py-1.5 text-muted">
              <Time at={entry.at_ms} />
            </td>
            <td className="py-1.5 text-muted">
              {entry.channel === "desktop" ? t("alerts.channels.desktop") : entry.channel}
            </td>
            <td className="py-1.5">
              <div className="font-medium normal-nums">
                {entry.title}
                {entry.incident !== null && (
                  <Link
                    to="/incidents/$id"
                    params={{ id: entry.incident }}
                    className="ml-2 font-normal text-accent hover:underline"
                  >
                    #{entry.incident}
                  </Link>
                )}
              </div>
              <div className="break-words whitespace-pre-line text-muted normal-nums">{entry.body}</div>
              {entry.reason && <div className="mt-1 text-xs break-words">{sentence(entry.reason)}</div>}
            </td>
            <td className="py-1.5 pl-3">
              <OutcomeBadge outcome={entry.outcome} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
