import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SimulatedBadge } from "@/components/mode";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { useCause } from "@/components/use-cause";
import { VirtualRows } from "@/components/virtual-rows";
import type { ChangeOver } from "@/contract";
import { duration } from "@/lib/format";

const ROW_HEIGHT = 53;
const COLUMNS = 5;
const HEAD = "px-3 py-2 font-medium";
const CELL = "px-3 py-2 align-top";

interface Props {
  changes: readonly ChangeOver[];
  total: number | undefined;
  onEnd: () => void;
}

/** Change-overs, newest first. */
export function HistoryTable({ changes, total, onEnd }: Props) {
  const { t } = useTranslation("incidents");
  const cause = useCause();
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full min-w-[760px] table-fixed" data-testid="history-table" aria-rowcount={total}>
        <thead className="border-b border-line text-left text-xs text-faint">
          <tr>
            <th className={`${HEAD} w-28`}>{t("history.when")}</th>
            <th className={`${HEAD} w-[34%]`}>{t("history.moved")}</th>
            <th className={HEAD}>{t("history.trigger")}</th>
            <th className={`${HEAD} w-28 text-right`}>{t("history.waited")}</th>
            <th className={`${HEAD} w-20`}>{t("history.incident")}</th>
          </tr>
        </thead>
        <VirtualRows
          rows={changes}
          height={ROW_HEIGHT}
          columns={COLUMNS}
          onEnd={onEnd}
          row={(change, aria) => (
            <tr
              key={change.id}
              {...aria}
              data-testid="history-row"
              className="border-b border-line last:border-0"
            >
              <td className={CELL}>
                <Time at={change.at_ms} />
              </td>
              <td className={CELL}>
                <span className="flex items-center gap-1.5 font-medium">
                  <span className="truncate">{change.from}</span>
                  <ArrowRight className="size-3.5 shrink-0 text-muted" aria-hidden />
                  <span className="truncate">{change.to}</span>
                  {change.simulated && <SimulatedBadge />}
                </span>
                <span className="block truncate text-xs text-faint">
                  {change.chain} · {t(`history.directions.${change.direction}`)}
                </span>
              </td>
              <td className={CELL}>
                <Badge>{cause(change.trigger)}</Badge>
                <span className="block break-words text-xs text-muted normal-nums">{change.error}</span>
              </td>
              <td className={`${CELL} text-right`}>
                {change.waited_ms === null ? "" : duration(change.waited_ms)}
              </td>
              <td className={CELL}>
                {change.incident && (
                  <Link
                    to="/incidents/$id"
                    params={{ id: change.incident }}
                    className="text-accent hover:underline"
                  >
                    #{change.incident}
                  </Link>
                )}
              </td>
            </tr>
          )}
        />
      </table>
    </div>
  );
}
