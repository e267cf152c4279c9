import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import type { Endpoint } from "@/contract";
import type { useDocument } from "@/state/document";
import { ClientKeyDialog } from "./ClientKeyDialog";

interface Props {
  endpoint: Endpoint;
  locked: boolean;
  put: ReturnType<typeof useDocument>["put"];
}

/** The keys that clients present: their names, one more, one less. */
export function ClientKeys({ endpoint, locked, put }: Props) {
  const { t } = useTranslation("settings");
  const [adding, setAdding] = useState(false);
  const [doomed, setDoomed] = useState<string | null>(null);
  const keys = endpoint.client_keys;
  const remove = (name: string) => {
    setDoomed(null);
    void put(
      (before) => ({
        ...before,
        endpoint: {
          ...before.endpoint,
          client_keys: before.endpoint.client_keys.filter((key) => key.name !== name),
        },
      }),
      t("client.removed", { name }),
    );
  };
  return (
    <div className="mt-4 flex flex-col gap-2 border-t border-line pt-3">
      <div className="flex items-center justify-between gap-3">
        <h3 className="text-xs font-medium text-muted">{t("endpoint.client_keys")}</h3>
        <Button size="sm" data-testid="client-key-add" disabled={locked} onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("client.add")}
        </Button>
      </div>
      <p className="max-w-prose text-muted">{t(keys.length ? "client.lead" : "client.none")}</p>
      <ul>
        {keys.map(({ name, sha256 }) => (
          <li
            key={sha256}
            data-testid={`client-key-${name}`}
            className="flex items-center gap-3 border-b border-line py-1 last:border-0"
          >
            <span className="font-medium">{name}</span>
            <code className="min-w-0 flex-1 truncate text-xs text-faint" title={sha256}>
              {t("client.hash", { hash: sha256.slice(0, 12) })}
            </code>
            <Button
              kind="ghost"
              size="icon"
              disabled={locked}
              aria-label={t("client.remove", { name })}
              onClick={() => setDoomed(name)}
            >
              <Trash2 aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      {adding && (
        <ClientKeyDialog names={keys.map(({ name }) => name)} put={put} onClose={() => setAdding(false)} />
      )}
      <Confirm
        open={doomed !== null}
        title={t("client.remove_title", { name: doomed ?? "" })}
        description={t(keys.length === 1 ? "client.remove_last" : "client.remove_text")}
        action={t("client.remove_act")}
        onConfirm={() => doomed !== null && remove(doomed)}
        onClose={() => setDoomed(null)}
      />
    </div>
  );
}
