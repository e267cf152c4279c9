import { Cloud, CloudCog, Cpu, FlaskConical, type LucideIcon, ServerCog, SquarePlus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { ConfigPage } from "@/contract";
import { show } from "@/frame/store";
import { useRpc } from "@/state/rpc";
import { edit, withChain } from "./draft";
import { newChain, TEMPLATES, type Template, tiersOf } from "./templates";

const ICONS: Record<Template, LucideIcon> = {
  practice: FlaskConical,
  gpus: Cpu,
  cloud: Cloud,
  clouds: CloudCog,
  blank: SquarePlus,
};

/** What a chain can start from, when there is none. */
export function FirstChain({ page, onBlank }: { page: ConfigPage; onBlank: () => void }) {
  const { t } = useTranslation("chains");
  const { data: practice } = useRpc("practice", null);
  const offered = TEMPLATES.filter(
    (template) => template !== "practice" || (practice?.servers.length ?? 0) > 0,
  );
  const start = (template: Template) => {
    if (template === "blank") return onBlank();
    const name = template === "practice" ? "practice" : "chat";
    edit(page, (document) => withChain(document, 0, newChain(name, tiersOf(template), ["*"])));
  };
  return (
    <Card className="py-8">
      <div className="mx-auto flex max-w-3xl flex-col gap-5">
        <div className="text-center">
          <h2 className="text-lg font-semibold">{t("empty.title")}</h2>
          <p className="text-muted">{t("empty.body")}</p>
        </div>
        <Button kind="primary" className="self-center" onClick={() => show("servers")}>
          <ServerCog aria-hidden />
          {t("empty.servers")}
        </Button>
        <div className="grid grid-cols-2 gap-3">
          {offered.map((template) => {
            const Icon = ICONS[template];
            return (
              <button
                key={template}
                type="button"
                data-testid={`template-${template}`}
                onClick={() => start(template)}
                className="flex gap-3 rounded-lg border border-line p-4 text-left transition-colors hover:bg-hover"
              >
                <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
                <span>
                  <span className="block font-medium">{t(`template.${template}.title`)}</span>
                  <span className="block text-muted">{t(`template.${template}.body`)}</span>
                </span>
              </button>
            );
          })}
        </div>
      </div>
    </Card>
  );
}
