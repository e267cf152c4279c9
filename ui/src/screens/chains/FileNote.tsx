import { FileLock2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ConfigPage } from "@/contract";
import { ProblemList } from "./ProblemList";

/** Says that a file decides, and why its last change was not taken. */
export function FileNote({ page }: { page: ConfigPage }) {
  const { t } = useTranslation("chains");
  return (
    <div className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <p className="flex gap-2.5">
        <FileLock2 className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
        <span>{t("file.note", { file: page.file ?? "" })}</span>
      </p>
      {page.file_problems.length > 0 && (
        <div role="alert">
          <p className="mb-2 font-medium">{t("file.problems")}</p>
          <ProblemList problems={page.file_problems} />
        </div>
      )}
    </div>
  );
}
