import { useTranslation } from "react-i18next";
import type { Correction } from "@/contract";
import { preciseMoment } from "@/lib/clock";

/** Times that were corrected, with what had been recorded. */
export function Corrections({ corrections }: { corrections: readonly Correction[] }) {
  const { t } = useTranslation("incidents");
  if (corrections.length === 0) return null;
  return (
    <ul className="mt-3 border-t border-line pt-2 text-xs text-muted">
      {corrections.map(({ milestone, was_ms, now_ms, reason, actor, at_ms }) => (
        <li key={`${milestone}-${at_ms}`}>
          {t("correction", {
            name: t(`milestone.${milestone}`),
            was: was_ms === null ? t("milestone.not_yet") : preciseMoment(was_ms),
            now: preciseMoment(now_ms),
            actor,
            reason,
          })}
        </li>
      ))}
    </ul>
  );
}
