import { Search } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Until } from "@/components/until";
import { ABOUT_FILTERS, type IncidentFilter, KIND_FILTERS, SEVERITY_FILTERS, STATE_FILTERS } from "./filter";

interface Props {
  filter: IncidentFilter;
  onChange: (part: Partial<IncidentFilter>) => void;
}

/** What the list is narrowed to. */
export function ListFilters({ filter, onChange }: Props) {
  const { t } = useTranslation("incidents");
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="relative min-w-36 flex-1 basis-36">
        <Search className="absolute top-2 left-2.5 size-4 text-faint" aria-hidden />
        <Input
          type="search"
          aria-label={t("filter.search")}
          placeholder={t("filter.search")}
          value={filter.q}
          onChange={(event) => onChange({ q: event.target.value })}
          className="pl-8"
        />
      </div>
      <div className="w-32">
        <Select
          aria-label={t("filter.state")}
          value={filter.state}
          options={STATE_FILTERS.map((value) => ({
            value,
            label: t(value === "all" ? "filter.any_state" : `filter.states.${value}`),
          }))}
          onChange={(state) => onChange({ state })}
        />
      </div>
      <div className="w-32">
        <Select
          aria-label={t("filter.traffic")}
          value={filter.traffic}
          options={KIND_FILTERS.map((value) => ({
            value,
            label: t(value === "all" ? "filter.any_traffic" : `filter.kinds.${value}`),
          }))}
          onChange={(traffic) => onChange({ traffic })}
        />
      </div>
      <div className="w-32">
        <Select
          aria-label={t("list.severity")}
          value={filter.severity}
          options={SEVERITY_FILTERS.map((value) => ({
            value,
            label: value === "all" ? t("filter.any_severity") : value,
          }))}
          onChange={(severity) => onChange({ severity })}
        />
      </div>
      <div className="w-32">
        <Select
          aria-label={t("detail.kind")}
          value={filter.about}
          options={ABOUT_FILTERS.map((value) => ({
            value,
            label: value === "all" ? t("filter.any_kind") : t(`kinds.${value}`),
          }))}
          onChange={(about) => onChange({ about })}
        />
      </div>
      <Until day={filter.until} onChange={(until) => onChange({ until, day: 0 })} />
    </div>
  );
}
