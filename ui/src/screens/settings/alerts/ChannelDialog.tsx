import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { EmailChannel, WebhookChannel } from "@/contract";
import { EmailFields } from "./EmailFields";
import type { Channel } from "./useAlerts";
import { WebhookFields } from "./WebhookFields";

const USUAL = ["p0", "p1", "p2", "worse", "reminder", "over"] as const;

/** A mail channel with nothing filled in yet. */
export const NEW_EMAIL: EmailChannel = {
  name: "",
  events: [...USUAL],
  server: "",
  port: 587,
  tls: "starttls",
  user: null,
  password: null,
  from: "",
  to: [],
  template: null,
};

/** A webhook with nothing filled in yet. */
export const NEW_WEBHOOK: WebhookChannel = {
  name: "",
  events: [...USUAL],
  shape: "slack",
  url: null,
  key: null,
  allow_private: false,
  template: null,
};

interface Props {
  /** The channel as it is, or a new one. */
  channel: Channel;
  isNew: boolean;
  onSave: (channel: Channel) => Promise<boolean>;
  onClose: () => void;
}

/** A channel's settings. The engine looks them over; what it finds is said and the form stays open. */
export function ChannelDialog({ channel, isNew, onSave, onClose }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const [draft, setDraft] = useState(channel);
  const [saving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    const saved = await onSave(draft);
    setSaving(false);
    if (saved) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(isNew ? `alerts.add_${draft.kind}` : "alerts.edit", { name: channel.channel.name })}
      description={t("alerts.secrets")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" disabled={saving} onClick={() => void save()}>
            {t("alerts.save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {draft.kind === "email" ? (
          <EmailFields
            value={draft.channel}
            onChange={(next) => setDraft({ kind: "email", channel: next })}
          />
        ) : (
          <WebhookFields
            value={draft.channel}
            onChange={(next) => setDraft({ kind: "webhook", channel: next })}
          />
        )}
      </div>
    </Dialog>
  );
}
