import { CircleCheck, CircleHelp, Plus, TriangleAlert, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/confirm";
import type { GpuHost, GpuPage } from "@/contract";
import { sentence } from "@/lib/sentence";
import { useDocument } from "@/state/document";
import { HostDialog } from "./HostDialog";

type Seen = GpuPage["hosts"][number];

/** The other machines whose GPUs are watched: what each last said, one more, one less. */
export function Hosts({ page }: { page: GpuPage }) {
  const { t } = useTranslation("gpus");
  const { document, file, locked, put } = useDocument();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<string | null>(null);
  const hosts = document?.gpu_hosts ?? [];
  const forget = (name: string) => {
    setLeaving(null);
    void put(
      (before) => ({ ...before, gpu_hosts: (before.gpu_hosts ?? []).filter((host) => host.name !== name) }),
      t("host_forgotten", { name }),
    );
  };
  return (
    <Card
      title={t("hosts")}
      aside={
        <Button size="sm" data-testid="gpu-host-add" disabled={locked} onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("host_add")}
        </Button>
      }
    >
      {hosts.length === 0 && <p className="text-muted">{t("host_none")}</p>}
      <ul className="grid gap-3">
        {hosts.map((host) => (
          <Row
            key={host.name}
            host={host}
            seen={page.hosts.find(({ name }) => name === host.name)}
            onForget={locked ? undefined : () => setLeaving(host.name)}
          />
        ))}
      </ul>
      {file && <p className="mt-2 text-xs text-faint">{t("host_file", { file })}</p>}
      {adding && document && <HostDialog document={document} put={put} onClose={() => setAdding(false)} />}
      <Confirm
        open={leaving !== null}
        title={t("host_forget_title", { name: leaving ?? "" })}
        description={t("host_forget_body")}
        action={t("host_forget")}
        onConfirm={() => leaving !== null && forget(leaving)}
        onClose={() => setLeaving(null)}
      />
    </Card>
  );
}

function Row({ host, seen, onForget }: { host: GpuHost; seen: Seen | undefined; onForget?: () => void }) {
  const { t } = useTranslation("gpus");
  const state = !seen || (seen.reason === null && seen.at_ms === null) ? "new" : seen.reason ? "bad" : "good";
  const Icon = { new: CircleHelp, bad: TriangleAlert, good: CircleCheck }[state];
  const tone = { new: "unknown", bad: "warn", good: "good" } as const;
  return (
    <li className="flex min-w-0 items-start gap-2" data-testid={`gpu-host-${host.name}`}>
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 items-center gap-2">
          <Badge tone={tone[state]} className="max-w-80">
            <Icon aria-hidden />
            <span className="truncate" title={host.name}>
              {host.name}
            </span>
          </Badge>
          <code className="min-w-0 truncate text-xs text-muted" title={host.url}>
            {host.url}
          </code>
        </div>
        <p className="mt-0.5 text-muted">
          {state === "new" && t("host_never")}
          {seen?.reason && sentence(seen.reason)}
          {seen && seen.at_ms !== null && (
            <>
              {" "}
              {t("host_last")} <Time at={seen.at_ms} />
            </>
          )}
        </p>
      </div>
      {onForget && (
        <Button
          kind="ghost"
          size="icon"
          aria-label={t("host_forget_name", { name: host.name })}
          onClick={onForget}
        >
          <X aria-hidden />
        </Button>
      )}
    </li>
  );
}
