import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { inWords } from "@/lib/problems";
import type { useDocument } from "@/state/document";
import { useCommand } from "@/state/rpc";

interface Props {
  /** Those that are taken. */
  names: readonly string[];
  put: ReturnType<typeof useDocument>["put"];
  onClose: () => void;
}

/** Makes a key for a client and shows it this once; the configuration gets its hash. */
export function ClientKeyDialog({ names, put, onClose }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const make = useCommand("client_key.make");
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [key, setKey] = useState<string | null>(null);
  const create = async (event?: FormEvent) => {
    event?.preventDefault();
    const said = name.trim();
    if (said === "" || names.includes(said)) {
      setWrong(t(said === "" ? "client.name_empty" : "client.name_taken"));
      return;
    }
    const made = await make.mutateAsync(null).catch(() => null);
    if (made === null) return;
    const added = await put(
      (before) => ({
        ...before,
        endpoint: {
          ...before.endpoint,
          client_keys: [...before.endpoint.client_keys, { name: said, sha256: made.sha256 }],
        },
      }),
      t("client.added", { name: said }),
      ([first]) => setWrong(first && inWords(first)),
    );
    if (added) setKey(made.key);
  };
  if (key !== null) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("client.made", { name: name.trim() })}
        description={t("client.once")}
        footer={
          <Button kind="primary" onClick={onClose}>
            {t("client.done")}
          </Button>
        }
      >
        <div className="flex items-center gap-2 rounded-md bg-hover px-3 py-2">
          <code data-testid="client-key" className="min-w-0 flex-1 break-all">
            {key}
          </code>
          <CopyButton text={key} label={t("client.copy")} />
        </div>
        <p className="mt-2 text-muted">{t("client.use")}</p>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("client.add_title")}
      description={t("client.add_lead")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            data-testid="client-key-make"
            disabled={make.isPending}
            onClick={() => void create()}
          >
            {t("client.make")}
          </Button>
        </>
      }
    >
      <form onSubmit={(event) => void create(event)} className="pt-1">
        <Field label={t("client.name")} hint={t("client.name_hint")} error={wrong}>
          {(aria) => (
            <Input
              {...aria}
              data-testid="client-key-name"
              placeholder="build-server"
              value={name}
              onChange={({ target }) => {
                setName(target.value);
                setWrong(undefined);
              }}
            />
          )}
        </Field>
        {make.error && <ErrorState error={make.error} />}
      </form>
    </Dialog>
  );
}
