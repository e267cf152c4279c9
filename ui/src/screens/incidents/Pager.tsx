import { ChevronLeft, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";

interface Props {
  skip: number;
  shown: number;
  total: number;
  onPage: (step: 1 | -1) => void;
}

/** Which rows are shown, and the way to the others. */
export function Pager({ skip, shown, total, onPage }: Props) {
  const { t } = useTranslation("incidents");
  return (
    <div className="flex items-center justify-between gap-3 text-xs text-muted">
      <span>{t("list.keys")}</span>
      <span className="flex items-center gap-2">
        <span className="numeric">
          {t("filter.shown", { from: shown === 0 ? 0 : skip + 1, to: skip + shown, total })}
        </span>
        {(skip > 0 || skip + shown < total) && (
          <>
            <Button
              size="icon"
              aria-label={t("filter.previous")}
              disabled={skip === 0}
              onClick={() => onPage(-1)}
            >
              <ChevronLeft aria-hidden />
            </Button>
            <Button
              size="icon"
              aria-label={t("filter.next")}
              disabled={skip + shown >= total}
              onClick={() => onPage(1)}
            >
              <ChevronRight aria-hidden />
            </Button>
          </>
        )}
      </span>
    </div>
  );
}
