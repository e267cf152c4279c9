import { useTranslation } from "react-i18next";
import { figure } from "@/lib/format";

interface Props {
  /** Rows that are here. */
  shown: number;
  /** How many there are in all. */
  total: number | undefined;
  /** Whether j and k move through the list. */
  keys?: boolean;
}

/** How far a list goes, and how it is moved through. */
export function ListFoot({ shown, total, keys }: Props) {
  const { t } = useTranslation("incidents");
  return (
    <div className="flex items-center justify-between gap-3 text-xs text-muted">
      <span>{keys && t("list.keys")}</span>
      {total !== undefined && (
        <span className="numeric" data-testid="list-foot">
          {t(shown < total ? "list.some" : "list.whole", { shown: figure(shown), total: figure(total) })}
        </span>
      )}
    </div>
  );
}
