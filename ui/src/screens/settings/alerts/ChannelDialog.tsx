import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { EmailChannel, Problem, WebhookChannel } from "@/contract";
import { EmailFields } from "./EmailFields";
import { atFields, type Channel, type Wrong, without } from "./useAlerts";
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
  /** Where it stands in the configuration. */
  path: string;
  /** Resolves to whether it is in force; else what is wrong was given to `land`. */
  onSave: (channel: Channel, land: (problems: Problem[]) => void) => Promise<boolean>;
  onClose: () => void;
}

const FIELDS = {
  email: ["name", "server", "port", "tls", "user", "password", "from", "to", "template"],
  webhook: ["name", "url", "key", "template"],
} as const;

/** A channel's settings. The engine looks them over; what it finds stands at its field and the form stays open. */
export function ChannelDialog({ channel, isNew, path, onSave, onClose }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const [draft, setDraft] = useState(channel);
  const [saving, setSaving] = useState(false);
  const [wrong, setWrong] = useState<Wrong>({});
  const form = useRef<HTMLDivElement>(null);
  const save = async () => {
    if (draft.kind === "email" && !isPort(draft.channel.port)) {
      setWrong({ port: t("alerts.form.no_port") });
      return;
    }
    setSaving(true);
    setWrong({});
    const saved = await onSave(draft, (problems) => setWrong(atFields(problems, path, FIELDS[draft.kind])));
    setSaving(false);
    if (saved) onClose();
  };
  // The first field that is wrong has the keyboard.
  useEffect(() => {
    if (Object.keys(wrong).length > 0 && !form.current?.contains(document.activeElement))
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [wrong]);
  const change = (next: Channel) => {
    setDraft(next);
    const [before, after] = [Object(draft.channel), Object(next.channel)];
    setWrong(
      without(
        wrong,
        Object.keys(after).filter((field) => before[field] !== after[field]),
      ),
    );
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
      <div ref={form} className="flex flex-col gap-3">
        {draft.kind === "email" ? (
          <EmailFields
            value={draft.channel}
            wrong={wrong}
            onChange={(next) => change({ kind: "email", channel: next })}
          />
        ) : (
          <WebhookFields
            value={draft.channel}
            wrong={wrong}
            onChange={(next) => change({ kind: "webhook", channel: next })}
          />
        )}
        {wrong[""] && (
          <p role="alert" className="text-bad">
            {wrong[""]}
          </p>
        )}
      </div>
    </Dialog>
  );
}

const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535;
