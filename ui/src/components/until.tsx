import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Input } from "@/components/ui/field";

/** Lets a list begin with a day in the past instead of today; empty is today. */
export function Until({ day, onChange }: { day: string; onChange: (day: string) => void }) {
  const { t } = useTranslation("incidents");
  const id = useId();
  return (
    <label htmlFor={id} className="flex items-center gap-2 text-xs whitespace-nowrap text-muted">
      {t("filter.until")}
      <Input
        id={id}
        type="date"
        value={day}
        onChange={(event) => onChange(event.target.value)}
        className="w-34 text-sm"
        data-testid="until"
      />
    </label>
  );
}
