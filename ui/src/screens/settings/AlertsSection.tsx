import { Mail, Webhook } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState, LoadingState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Switch } from "@/components/ui/switch";
import { AlertLedger } from "./AlertLedger";
import { ChannelDialog, NEW_EMAIL, NEW_WEBHOOK } from "./alerts/ChannelDialog";
import { Matrix } from "./alerts/Matrix";
import { AlertRules } from "./alerts/Rules";
import { type Channel, pathOf, toggled, useAlerts, withChannel } from "./alerts/useAlerts";

/** Who is told of an incident and when, a test of each channel, and what was sent. */
export function AlertsSection() {
  const { t } = useTranslation("settings");
  const { alerts, file, locked, error, retry, set } = useAlerts();
  const [open, setOpen] = useState<{ channel: Channel; name: string | null } | null>(null);
  const id = useId();
  return (
    <Card
      title={t("alerts.title")}
      aside={
        <div className="flex gap-1">
          <Button
            size="sm"
            disabled={locked}
            onClick={() => setOpen({ channel: { kind: "email", channel: NEW_EMAIL }, name: null })}
          >
            <Mail aria-hidden />
            {t("alerts.add_email")}
          </Button>
          <Button
            size="sm"
            disabled={locked}
            onClick={() => setOpen({ channel: { kind: "webhook", channel: NEW_WEBHOOK }, name: null })}
          >
            <Webhook aria-hidden />
            {t("alerts.add_webhook")}
          </Button>
        </div>
      }
    >
      <div className="flex items-center gap-3">
        <Switch
          id={id}
          checked={alerts?.desktop ?? false}
          disabled={locked}
          onCheckedChange={(desktop) =>
            alerts && void set({ ...alerts, desktop }, t(desktop ? "alerts.turned_on" : "alerts.turned_off"))
          }
        />
        <label htmlFor={id} className="font-medium">
          {t("alerts.desktop")}
        </label>
      </div>
      <p className="mt-1 text-xs text-faint">
        {file ? t("alerts.from_file", { file }) : t("alerts.desktop_hint")}
      </p>
      {error && (
        <div className="mt-2">
          <ErrorState error={error} onRetry={retry} />
        </div>
      )}
      {!alerts && !error && <LoadingState />}
      {alerts && (
        <>
          <Matrix
            alerts={alerts}
            locked={locked}
            onToggle={(channel, event, on) =>
              void set(toggled(alerts, channel, event, on), t("alerts.note_events", { name: channel }))
            }
            onEdit={(channel) => setOpen({ channel, name: channel.channel.name })}
            onDelete={(name) => void set(withChannel(alerts, name, null), t("alerts.note_deleted", { name }))}
          />
          <AlertRules
            alerts={alerts}
            locked={locked}
            onSave={(rules, land) => set({ ...alerts, ...rules }, t("alerts.note_rules"), land)}
          />
        </>
      )}
      <AlertLedger />
      {open && alerts && (
        <ChannelDialog
          channel={open.channel}
          isNew={open.name === null}
          path={pathOf(alerts, open.name, open.channel.kind)}
          onClose={() => setOpen(null)}
          onSave={(next, land) =>
            set(
              withChannel(alerts, open.name, next),
              t("alerts.note_channel", { name: next.channel.name }),
              land,
            )
          }
        />
      )}
    </Card>
  );
}
