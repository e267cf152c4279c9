import { CircleX, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Problem } from "@/contract";
import { inWords, isError } from "@/lib/problems";

/** Every problem with its path, what is wrong and how to mend it; errors first. */
export function ProblemList({ problems }: { problems: readonly Problem[] }) {
  const { t } = useTranslation("chains");
  const sorted = problems.toSorted((a, b) => Number(isError(b)) - Number(isError(a)));
  return (
    <ul className="flex flex-col gap-1.5">
      {sorted.map((problem) => {
        const Icon = isError(problem) ? CircleX : TriangleAlert;
        return (
          <li key={`${problem.path} ${problem.what}`} className="flex gap-2">
            <Icon
              className={`mt-0.5 size-4 shrink-0 ${isError(problem) ? "text-bad" : "text-warn"}`}
              aria-label={problem.severity}
            />
            <span className="min-w-0 break-words">
              {inWords(problem)}{" "}
              <code className="font-mono text-xs text-faint">{problem.path || t("review.document")}</code>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
