import { CircleAlert } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { INCIDENT_KINDS } from "@/lib/incident-kinds";

interface Props {
  kinds: readonly string[];
  /** What is wrong with them, in words. */
  wrong: string | undefined;
  onChange: (kinds: string[]) => void;
}

/** Which kinds of incident a runbook is for. One that this version does not know is kept as it is. */
export function KindPicker({ kinds, wrong, onChange }: Props) {
  const { t } = useTranslation(["runbooks", "incidents"]);
  const id = useId();
  return (
    <fieldset aria-describedby={id} className="min-w-0">
      <legend className="mb-1 text-xs font-medium text-muted">{t("form.kinds")}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        {INCIDENT_KINDS.map((kind) => (
          <label key={kind} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              className="size-4 accent-[var(--accent)]"
              checked={kinds.includes(kind)}
              onChange={({ target }) =>
                onChange(target.checked ? [...kinds, kind] : kinds.filter((one) => one !== kind))
              }
            />
            {t(`incidents:kinds.${kind}`)}
          </label>
        ))}
      </div>
      <p id={id} className="mt-1 text-xs text-faint">
        {t("form.kinds_hint")}
      </p>
      {wrong && (
        <p role="alert" className="mt-1 flex gap-1.5 text-xs text-bad">
          <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
          {wrong}
        </p>
      )}
    </fieldset>
  );
}
