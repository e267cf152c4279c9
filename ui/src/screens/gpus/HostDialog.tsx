import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import type { Document, Problem } from "@/contract";
import { inWords, isError } from "@/lib/problems";
import type { useDocument } from "@/state/document";
import { useCommand } from "@/state/rpc";

interface Props {
  document: Document;
  put: ReturnType<typeof useDocument>["put"];
  onClose: () => void;
}

/** Another machine's DCGM exporter. What the engine finds wrong is said at its field. */
export function HostDialog({ document, put, onClose }: Props) {
  const { t } = useTranslation(["gpus", "common"]);
  const check = useCommand("config.check");
  const [host, setHost] = useState({ name: "", url: "" });
  const [problems, setProblems] = useState<Problem[]>([]);
  const at = document.gpu_hosts?.length ?? 0;
  const wrong = (field: string) => {
    const found = problems.find(({ path }) => path === `gpu_hosts[${at}].${field}`);
    return found && inWords(found);
  };
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    const said = { name: host.name.trim(), url: host.url.trim() };
    const add = (before: Document) => ({ ...before, gpu_hosts: [...(before.gpu_hosts ?? []), said] });
    const found = await check.mutateAsync({ document: add(document) }).catch(() => null);
    if (found === null) return;
    const mine = found.filter((one) => isError(one) && one.path.startsWith(`gpu_hosts[${at}]`));
    setProblems(mine);
    if (mine.length === 0 && (await put(add, t("host_added", { name: said.name }), setProblems))) onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("host_add_title")}
      description={t("host_add_lead")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            data-testid="gpu-host-save"
            disabled={check.isPending}
            onClick={() => void save()}
          >
            {t("host_add")}
          </Button>
        </>
      }
    >
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-3 pt-1">
        <Field label={t("host_name")} hint={t("host_name_hint")} error={wrong("name")}>
          {(aria) => (
            <Input
              {...aria}
              data-testid="gpu-host-name"
              placeholder="gpu1"
              value={host.name}
              onChange={({ target }) => setHost({ ...host, name: target.value })}
            />
          )}
        </Field>
        <Field label={t("host_url")} hint={t("host_url_hint")} error={wrong("url")}>
          {(aria) => (
            <Input
              {...aria}
              data-testid="gpu-host-url"
              className="font-mono text-xs"
              placeholder="http://gpu1:9400/metrics"
              value={host.url}
              onChange={({ target }) => setHost({ ...host, url: target.value })}
            />
          )}
        </Field>
        {problems
          .filter(({ path }) => !["name", "url"].some((field) => path === `gpu_hosts[${at}].${field}`))
          .map((problem) => (
            <p key={problem.path} role="alert" className="text-bad">
              {inWords(problem)}
            </p>
          ))}
        {check.error && <ErrorState error={check.error} />}
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
    </Dialog>
  );
}
