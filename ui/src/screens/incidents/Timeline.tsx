import {
  Activity,
  BellRing,
  BookOpenCheck,
  Clock,
  Cpu,
  FileCog,
  Flag,
  type LucideIcon,
  MessageSquareText,
  Pencil,
  Radar,
  RotateCw,
  Search,
  Shuffle,
  StickyNote,
  UserRound,
} from "lucide-react";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { StepText } from "@/components/step-text";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { Tooltip } from "@/components/ui/tooltip";
import type { TimelineEntry } from "@/contract";
import { dayOf, preciseMoment, preciseTime, sameDay } from "@/lib/clock";
import { countKinds, type Kind, kindOf } from "./kinds";
import { NoteEdit } from "./NoteEdit";

const ICONS: Record<Kind, LucideIcon> = {
  milestone: Flag,
  evidence: Search,
  state: Activity,
  failover: Shuffle,
  answer: MessageSquareText,
  probe: Radar,
  gpu: Cpu,
  correction: Clock,
  runbook: BookOpenCheck,
  revision: FileCog,
  restart: RotateCw,
  alert: BellRing,
  operator: UserRound,
  note: StickyNote,
};

/** Entries drawn at first; the rest on demand. */
const AT_FIRST = 200;

interface Props {
  /** The incident's id. */
  incident: string;
  entries: readonly TimelineEntry[];
  kind: Kind | undefined;
  onKind: (kind: Kind | undefined) => void;
}

/** Everything that belongs to an incident, oldest first. */
export function Timeline({ incident, entries, kind, onKind }: Props) {
  const { t } = useTranslation("incidents");
  const [all, setAll] = useState(false);
  const matching = kind === undefined ? entries : entries.filter((entry) => kindOf(entry) === kind);
  const shown = all ? matching : matching.slice(0, AT_FIRST);
  const options = [
    { value: "all" as const, label: t("timeline.all", { count: entries.length }) },
    ...countKinds(entries).map(({ kind: value, count }) => ({
      value,
      label: t("timeline.one", { kind: t(`timeline.kinds.${value}`), count }),
    })),
  ];
  return (
    <Card
      title={t("timeline.title")}
      aside={
        <div className="w-44 shrink-0">
          <Select
            aria-label={t("timeline.filter")}
            value={kind ?? "all"}
            options={options}
            onChange={(next) => onKind(next === "all" ? undefined : next)}
          />
        </div>
      }
    >
      {shown.length === 0 && <p className="text-muted">{t("timeline.none")}</p>}
      <ol>
        {shown.map((entry, at) => (
          <Fragment key={entry.id}>
            {!sameDay(entry.at_ms, shown[at - 1]?.at_ms ?? 0) && (
              <li className="border-b border-line pt-3 pb-1.5 text-xs font-medium text-muted first:pt-0">
                {dayOf(entry.at_ms)}
              </li>
            )}
            <Entry incident={incident} entry={entry} />
          </Fragment>
        ))}
      </ol>
      {shown.length < matching.length && (
        <Button className="mt-2" onClick={() => setAll(true)}>
          {t("timeline.more", { count: matching.length })}
        </Button>
      )}
    </Card>
  );
}

function Entry({ incident, entry }: { incident: string; entry: TimelineEntry }) {
  const [editing, setEditing] = useState(false);
  const { t } = useTranslation("incidents");
  const kind = kindOf(entry);
  const Icon = ICONS[kind];
  return (
    <li
      data-testid="incident-timeline-entry"
      data-kind={entry.kind}
      className="grid grid-cols-[5.5rem_6.5rem_1fr] gap-x-2 border-b border-line py-1.5 last:border-0"
    >
      <Tooltip content={preciseMoment(entry.at_ms)}>
        <time dateTime={new Date(entry.at_ms).toISOString()} className="numeric text-muted">
          {preciseTime(entry.at_ms)}
        </time>
      </Tooltip>
      <span className="flex items-center gap-1.5 self-start text-muted">
        <Icon className="size-3.5 shrink-0" aria-hidden />
        {t(`timeline.kinds.${kind}`)}
      </span>
      <div className="min-w-0 break-words whitespace-pre-wrap">
        {editing ? (
          <NoteEdit incident={incident} entry={entry} onDone={() => setEditing(false)} />
        ) : kind === "note" ? (
          entry.text
        ) : (
          <StepText text={entry.text} />
        )}
        {entry.actor !== null && (
          <span className="text-muted"> {t("timeline.by", { actor: entry.actor })}</span>
        )}
        {kind === "note" && !editing && (
          <button
            type="button"
            className="ml-1.5 align-middle text-faint hover:text-ink"
            aria-label={t("timeline.edit")}
            onClick={() => setEditing(true)}
          >
            <Pencil className="size-3" aria-hidden />
          </button>
        )}
        {entry.earlier.map((text, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: earlier wordings are kept in their order
          <span key={index} className="block text-xs text-faint">
            {t("timeline.earlier")}: {text}
          </span>
        ))}
      </div>
    </li>
  );
}
