import { BellRing, Mail, Monitor, Pencil, Trash2, Webhook } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import type { AlertEvent, Alerts } from "@/contract";
import { sentence } from "@/lib/sentence";
import { useCommand } from "@/state/rpc";
import { OutcomeBadge } from "../OutcomeBadge";
import { type Channel, channelsOf, EVENTS } from "./useAlerts";

const ICONS = { desktop: Monitor, email: Mail, webhook: Webhook } as const;

interface Props {
  alerts: Alerts;
  locked: boolean;
  onToggle: (channel: string, event: AlertEvent, on: boolean) => void;
  onEdit: (channel: Channel) => void;
  onDelete: (name: string) => void;
}

/** Which channel tells what. */
export function Matrix({ alerts, locked, onToggle, onEdit, onDelete }: Props) {
  const { t } = useTranslation("settings");
  const [doomed, setDoomed] = useState<string | null>(null);
  const rows = [
    {
      name: "desktop",
      kind: "desktop" as const,
      events: alerts.desktop_events,
      where: t("alerts.this_desktop"),
    },
    ...channelsOf(alerts).map((own) => ({
      name: own.channel.name,
      kind: own.kind,
      events: own.channel.events,
      where:
        own.kind === "email"
          ? t("alerts.mail_to", { to: own.channel.to.join(", ") })
          : t(`alerts.shapes.${own.channel.shape}`),
      own,
    })),
  ];
  return (
    <div className="mt-4 overflow-x-auto">
      <table className="w-full min-w-[720px]" data-testid="alert-matrix">
        <thead className="border-b border-line text-left text-xs text-faint">
          <tr>
            <th className="py-1.5 pr-3 font-medium">{t("alerts.channel")}</th>
            {EVENTS.map((event) => (
              <th
                key={event}
                className="w-16 py-1.5 text-center font-medium"
                title={t(`alerts.event_hints.${event}`)}
              >
                {t(`alerts.events.${event}`)}
              </th>
            ))}
            <td className="w-32" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const Icon = ICONS[row.kind];
            return (
              <tr key={row.name} className="border-b border-line last:border-0">
                <td className="py-2 pr-3">
                  <span className="flex items-center gap-2 font-medium">
                    <Icon className="size-4 shrink-0 text-muted" aria-hidden />
                    {row.kind === "desktop" ? t("alerts.channels.desktop") : row.name}
                  </span>
                  <span className="block truncate pl-6 text-xs text-faint">{row.where}</span>
                </td>
                {EVENTS.map((event) => (
                  <td key={event} className="text-center">
                    <input
                      type="checkbox"
                      className="size-4 accent-[var(--accent)]"
                      aria-label={t("alerts.tells", {
                        channel: row.name,
                        event: t(`alerts.events.${event}`),
                      })}
                      checked={row.events.includes(event)}
                      disabled={locked}
                      onChange={(change) => onToggle(row.name, event, change.target.checked)}
                    />
                  </td>
                ))}
                <td className="py-1 text-right whitespace-nowrap">
                  <Test channel={row.name} />
                  {"own" in row && (
                    <>
                      <Button
                        kind="ghost"
                        size="icon"
                        aria-label={t("alerts.edit", { name: row.name })}
                        disabled={locked}
                        onClick={() => onEdit(row.own)}
                      >
                        <Pencil aria-hidden />
                      </Button>
                      <Button
                        kind="ghost"
                        size="icon"
                        aria-label={t("alerts.delete", { name: row.name })}
                        disabled={locked}
                        onClick={() => setDoomed(row.name)}
                      >
                        <Trash2 aria-hidden />
                      </Button>
                    </>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Confirm
        open={doomed !== null}
        title={t("alerts.delete_title", { name: doomed ?? "" })}
        description={t("alerts.delete_text")}
        action={t("alerts.delete_act")}
        onClose={() => setDoomed(null)}
        onConfirm={() => {
          if (doomed !== null) onDelete(doomed);
          setDoomed(null);
        }}
      />
    </div>
  );
}

function Test({ channel }: { channel: string }) {
  const { t } = useTranslation("settings");
  const test = useCommand("alert.test");
  return (
    <>
      <Button
        size="sm"
        data-testid={channel === "desktop" ? "alert-test" : `alert-test-${channel}`}
        aria-label={t("alerts.test_of", { channel })}
        disabled={test.isPending}
        onClick={() => test.mutate({ channel })}
      >
        <BellRing aria-hidden />
        {t("alerts.test")}
      </Button>
      {(test.data || test.error) && (
        <div
          className="mt-1 max-w-60 text-left text-xs whitespace-normal"
          role="status"
          data-testid="alert-outcome"
        >
          {test.data && (
            <>
              <OutcomeBadge outcome={test.data.outcome} /> {sentence(test.data.reason ?? "")}
            </>
          )}
          {test.error && <ErrorState error={test.error} />}
        </div>
      )}
    </>
  );
}
