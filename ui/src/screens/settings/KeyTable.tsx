import { useQueryClient } from "@tanstack/react-query";
import { CircleX, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import type { KeyInfo } from "@/contract";
import { useCommand } from "@/state/rpc";

/** The keys in the keyring: names and last four characters, never more. */
export function KeyTable({ keys }: { keys: readonly KeyInfo[] }) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const remove = useCommand("key.delete");
  const [doomed, setDoomed] = useState<KeyInfo | null>(null);
  const confirmed = (key: KeyInfo) => {
    setDoomed(null);
    remove.mutate(
      { name: key.name },
      {
        onSuccess: (page) => {
          client.setQueryData(["keys", null], page);
          toast.success(t("keys.deleted", { name: key.name }));
        },
        onError: (error) => toast.error(error.message, { description: error.remedy }),
      },
    );
  };
  return (
    <>
      <table className="w-full">
        <thead className="border-b border-line text-left text-xs text-faint">
          <tr>
            <th className="py-1 font-medium">{t("keys.name")}</th>
            <th className="py-1 pl-3 font-medium">{t("keys.last_four")}</th>
            <th className="py-1 pl-3 font-medium">{t("keys.created")}</th>
            <th className="py-1 pl-3 font-medium">{t("keys.used_by")}</th>
            <td className="w-8" />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <Row key={key.name} info={key} onDelete={() => setDoomed(key)} />
          ))}
        </tbody>
      </table>
      {doomed && (
        <Confirm
          open
          title={t("keys.delete_title", { name: doomed.name })}
          description={
            <>
              {t("keys.delete_text")}{" "}
              {doomed.used_by.length > 0 && t("keys.delete_used", { tiers: doomed.used_by.join(", ") })}
            </>
          }
          action={t("keys.delete_act")}
          onConfirm={() => confirmed(doomed)}
          onClose={() => setDoomed(null)}
        />
      )}
    </>
  );
}

function Row({ info, onDelete }: { info: KeyInfo; onDelete: () => void }) {
  const { t } = useTranslation("settings");
  return (
    <tr data-testid={`key-row-${info.name}`} className="border-b border-line last:border-0">
      <td className="py-1">
        <span className="flex items-center gap-2">
          <code className="font-medium">{info.name}</code>
          {!info.present && (
            <Badge tone="bad">
              <CircleX aria-hidden />
              {t("keys.gone")}
            </Badge>
          )}
        </span>
      </td>
      <td className="py-1 pl-3 font-mono text-xs text-muted">…{info.last_four}</td>
      <td className="py-1 pl-3 text-muted">
        <Time at={info.created_ms} />
      </td>
      <td className="py-1 pl-3">
        {info.used_by.length > 0 ? (
          info.used_by.join(", ")
        ) : (
          <span className="text-faint">{t("keys.unused")}</span>
        )}
      </td>
      <td className="py-1">
        <Button
          kind="ghost"
          size="icon"
          aria-label={t("keys.delete", { name: info.name })}
          onClick={onDelete}
        >
          <Trash2 aria-hidden />
        </Button>
      </td>
    </tr>
  );
}
