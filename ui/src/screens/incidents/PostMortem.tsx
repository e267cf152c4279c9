import { Download, FileText } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Textarea } from "@/components/ui/field";
import type { IncidentDetail } from "@/contract";
import { asHostError, useHost } from "@/host";
import { postMortemOf } from "./post-mortem";
import { useAct } from "./useAct";

/** What is to be learned of an incident, as Markdown. */
export function PostMortem({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation(["incidents", "common"]);
  const { incident, post_mortem } = detail;
  const host = useHost();
  const { act, pending } = useAct([incident.id]);
  const [text, setText] = useState(post_mortem);
  useEffect(() => setText(post_mortem), [post_mortem]);
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
            <Button size="sm" onClick={() => setText(postMortemOf(detail))}>
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
      <Textarea
        aria-label={t("post_mortem.title")}
        rows={text === "" ? 2 : 14}
        className="font-mono text-xs"
        placeholder={t("post_mortem.placeholder")}
        value={text}
        onChange={(e) => setText(e.target.value)}
      />
      <Button
        className="mt-2"
        disabled={pending || text === post_mortem}
        onClick={() => void act({ act: "post_mortem", text })}
      >
        {t("post_mortem.save")}
      </Button>
    </Card>
  );
}
