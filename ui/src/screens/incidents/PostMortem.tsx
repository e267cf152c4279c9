import { Download, FileText, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Textarea } from "@/components/ui/field";
import type { IncidentDetail } from "@/contract";
import { asHostError, type HostError, useHost } from "@/host";
import { refusal } from "@/lib/problems";
import { postMortemOf } from "./post-mortem";
import { useAct } from "./useAct";

/** What is to be learned of an incident, as Markdown. */
export function PostMortem({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation(["incidents", "common"]);
  const { incident, post_mortem } = detail;
  const host = useHost();
  const { act, pending } = useAct([incident.id]);
  const [text, setText] = useState(post_mortem);
  /** The stored text that this one was begun from. */
  const [base, setBase] = useState(post_mortem);
  const [refused, setRefused] = useState<HostError | null>(null);
  const edit = (next: string) => {
    setText(next);
    setRefused(null);
  };
  const take = () => {
    setBase(post_mortem);
    edit(post_mortem);
  };
  // What somebody else stores is followed, unless that would lose what was typed here.
  if (base !== post_mortem && (text === base || text.trim() === post_mortem)) take();
  const elsewhere = base !== post_mortem;
  const save = async () => {
    try {
      const path = await host.saveFile(`incident-${incident.id}.md`, text, "text/markdown");
      if (path) toast.success(t("common:saved_as", { path }));
    } catch (reason) {
      toast.error(asHostError(reason).message);
    }
  };
  return (
    <Card
      title={t("post_mortem.title")}
      aside={
        <div className="flex gap-1">
          {text === "" && (
            <Button size="sm" onClick={() => edit(postMortemOf(detail))}>
              <FileText aria-hidden />
              {t("post_mortem.draft")}
            </Button>
          )}
          {text !== "" && (
            <Button size="sm" onClick={() => void save()}>
              <Download aria-hidden />
              {t("post_mortem.export")}
            </Button>
          )}
        </div>
      }
    >
      <Field label={t("post_mortem.label")} error={refused && refusal(refused)}>
        {(aria) => (
          <Textarea
            {...aria}
            rows={text === "" ? 2 : 14}
            className="font-mono text-xs"
            placeholder={t("post_mortem.placeholder")}
            value={text}
            onChange={(e) => edit(e.target.value)}
          />
        )}
      </Field>
      {elsewhere && (
        <div role="status" className="mt-2 flex flex-wrap items-center gap-2 text-warn">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          <span className="min-w-0 flex-1">{t("post_mortem.elsewhere")}</span>
          <Button size="sm" onClick={take}>
            {t("post_mortem.take")}
          </Button>
        </div>
      )}
      <Button
        className="mt-2"
        data-testid="post-mortem-save"
        disabled={pending || text.trim() === post_mortem}
        onClick={() => void act({ act: "post_mortem", text }, setRefused)}
      >
        {t(elsewhere ? "post_mortem.overwrite" : "post_mortem.save")}
      </Button>
    </Card>
  );
}
