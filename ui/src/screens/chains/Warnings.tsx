import { Collapsible } from "@base-ui/react/collapsible";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConfigPage } from "@/contract";
import { ProblemList } from "./ProblemList";

/** What in the configuration in force has no effect or is unwise; folded away, for it forbids nothing. */
export function Warnings({ page }: { page: ConfigPage }) {
  const { t } = useTranslation("chains");
  if (page.warnings.length === 0) return null;
  return (
    <Collapsible.Root>
      <Collapsible.Trigger className="group flex items-center gap-1.5 rounded text-muted hover:text-ink">
        <ChevronRight className="size-4 transition-transform group-data-[panel-open]:rotate-90" aria-hidden />
        {t("warnings", { count: page.warnings.length })}
      </Collapsible.Trigger>
      <Collapsible.Panel className="pt-2 pl-5">
        <ProblemList problems={page.warnings} />
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}
