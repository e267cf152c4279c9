import { Link, useNavigate } from "@tanstack/react-router";
import { type ComponentProps, useRef } from "react";
import { useTranslation } from "react-i18next";
import { SimulatedBadge } from "@/components/mode";
import { Time } from "@/components/time";
import { VirtualRows } from "@/components/virtual-rows";
import type { Incident } from "@/contract";
import { cn } from "@/lib/cn";
import { figure, duration as inWords } from "@/lib/format";
import { useFromNow } from "@/state/now";
import { SeverityBadge, StateBadge } from "./badges";
import { duration } from "./milestones";
import { useListKeys } from "./useListKeys";

const ROW_HEIGHT = 53;
/** Those that are always shown: the rows that fill the space span them. */
const COLUMNS = 8;
const HEAD = "px-3 py-2 font-medium";
const CELL = "px-3 py-2 align-top";
/** Of one that is over it is what its duration says: the first to go where there is little room. */
const WIDE = "hidden min-[1180px]:table-cell";

/** Incidents, newest first; the whole row is its link. */
export function IncidentTable({
  incidents,
  total,
  chosen,
  onChoose,
  onEnd,
}: {
  incidents: readonly Incident[];
  total: number | undefined;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onEnd: () => void;
}) {
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  const { t } = useTranslation("incidents");
  const list = useRef<HTMLTableSectionElement>(null);
  useListKeys(list);
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full min-w-[720px] table-fixed" aria-rowcount={total}>
        <thead className="border-b border-line text-left text-xs text-faint">
          <tr>
            <td className="w-9" />
            <th className={`${HEAD} w-36`}>{t("list.state")}</th>
            <th className={`${HEAD} w-18`}>{t("list.severity")}</th>
            <th className={HEAD}>{t("list.incident")}</th>
            <th className={`${HEAD} w-24`}>{t("list.started")}</th>
            <th className={`${HEAD} w-28 text-right`}>{t("list.duration")}</th>
            <th className={`${HEAD} ${WIDE} w-28 text-right`}>{t("list.rto")}</th>
            <th className={`${HEAD} w-16 text-right`}>{t("list.saved")}</th>
            <th className={`${HEAD} w-16 text-right`}>{t("list.failed")}</th>
          </tr>
        </thead>
        <VirtualRows
          list={list}
          rows={incidents}
          height={ROW_HEIGHT}
          columns={COLUMNS}
          onEnd={onEnd}
          row={(incident, aria) => (
            <Row
              key={incident.id}
              incident={incident}
              aria={aria}
              chosen={chosen.has(incident.id)}
              onToggle={() => toggle(incident.id)}
            />
          )}
        />
      </table>
    </div>
  );
}

interface RowProps {
  incident: Incident;
  aria: ComponentProps<"tr"> & { "data-index": number };
  chosen: boolean;
  onToggle: () => void;
}

function Row({ incident, aria, chosen, onToggle }: RowProps) {
  const { t } = useTranslation("incidents");
  const lasted = useFromNow((now) => inWords(duration(incident.times, now)));
  const navigate = useNavigate();
  const about = [
    `#${incident.id}`,
    `${incident.chain} / ${incident.tier}`,
    ...(incident.relapses > 0 ? [t("list.relapses", { count: incident.relapses })] : []),
    ...(incident.cause ? [incident.cause] : []),
  ].join(" · ");
  return (
    // The title is a link and has the keyboard; the row only widens it for the mouse.
    <tr
      {...aria}
      data-testid="incident-row"
      data-state={incident.state}
      onClick={() => void navigate({ to: "/incidents/$id", params: { id: incident.id } })}
      className="cursor-pointer border-b border-line last:border-0 -outline-offset-2 outline-focus hover:bg-hover has-[:focus-visible]:bg-hover has-[:focus-visible]:outline-2"
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the box in it has the keyboard */}
      <td className="py-2 pl-3 align-top" onClick={(event) => event.stopPropagation()}>
        <input
          type="checkbox"
          className="size-4 accent-[var(--accent)]"
          aria-label={t("bulk.choose", { title: incident.title })}
          checked={chosen}
          onChange={onToggle}
        />
      </td>
      <td className={CELL}>
        <StateBadge state={incident.state} />
      </td>
      <td className={CELL}>
        <SeverityBadge severity={incident.severity} state={incident.state} />
      </td>
      <td className={CELL}>
        <div className="flex items-center gap-x-2 gap-y-0.5 max-[1180px]:flex-wrap">
          <Link
            to="/incidents/$id"
            params={{ id: incident.id }}
            data-row
            title={incident.title}
            className="truncate font-medium text-ink normal-nums focus-visible:outline-none max-[1180px]:whitespace-normal"
          >
            {incident.title}
          </Link>
          {incident.simulated && <SimulatedBadge />}
        </div>
        <div className="truncate text-xs text-muted normal-nums" title={about}>
          {about}
        </div>
      </td>
      <td className={CELL}>
        <Time at={incident.times.began_ms} />
      </td>
      <td className={`${CELL} text-right`}>
        <div>{lasted}</div>
        {incident.state !== "closed" && <div className="text-xs text-muted">{t("list.so_far")}</div>}
      </td>
      <td className={cn(CELL, WIDE, "text-right", incident.rto_ms === null && "text-faint")}>
        {incident.rto_ms === null ? t("milestone.not_yet") : inWords(incident.rto_ms)}
      </td>
      <td className={`${CELL} text-right`}>{figure(incident.saved)}</td>
      <td className={cn(CELL, "text-right", incident.failed > 0 ? "font-medium text-bad" : "text-faint")}>
        {figure(incident.failed)}
      </td>
    </tr>
  );
}
