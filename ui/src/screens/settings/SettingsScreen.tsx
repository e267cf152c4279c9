import { getRouteApi, Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { type ComponentType, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { AboutSection } from "./AboutSection";
import { AlertsSection } from "./AlertsSection";
import { AppearanceSection } from "./AppearanceSection";
import { DataSection } from "./DataSection";
import { EndpointSection } from "./EndpointSection";
import { KeysSection } from "./KeysSection";
import { finds, SECTIONS, type Section } from "./sections";
import { TargetsSection } from "./TargetsSection";
import { useAnchor } from "./useAnchor";

const PARTS: Record<Section, ComponentType> = {
  keys: KeysSection,
  alerts: AlertsSection,
  targets: TargetsSection,
  appearance: AppearanceSection,
  endpoint: EndpointSection,
  data: DataSection,
  about: AboutSection,
};

const route = getRouteApi("/settings");

export function SettingsScreen() {
  const { t } = useTranslation("settings");
  const { section } = route.useSearch();
  const [query, setQuery] = useState("");
  const found = SECTIONS.filter((name) => finds(query, `${t(`${name}.title`)} ${t(`${name}.words`)}`));
  const content = useRef<HTMLDivElement>(null);
  useAnchor(content, section && `settings-${section}`);
  return (
    <Page
      title={t("title")}
      actions={
        <div className="relative">
          <Search className="absolute top-2 left-2.5 size-4 text-faint" aria-hidden />
          <Input
            type="search"
            aria-label={t("search")}
            placeholder={t("search")}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            className="w-64 pl-8"
          />
        </div>
      }
    >
      <div className="grid items-start gap-x-6 gap-y-3 min-[1180px]:grid-cols-[150px_minmax(0,860px)]">
        <nav
          aria-label={t("sections")}
          className="-mx-2 flex flex-wrap gap-0.5 min-[1180px]:sticky min-[1180px]:top-5 min-[1180px]:mx-0 min-[1180px]:flex-col"
        >
          {found.map((name) => (
            <Link
              key={name}
              to="/settings"
              search={{ section: name }}
              replace
              aria-current={section === name ? "location" : undefined}
              onClick={() => document.getElementById(`settings-${name}`)?.scrollIntoView()}
              className="rounded-md px-2 py-1.5 text-muted hover:bg-hover hover:text-ink aria-[current]:text-ink aria-[current]:font-medium"
            >
              {t(`${name}.title`)}
            </Link>
          ))}
        </nav>
        <div ref={content} className="flex min-w-0 flex-col gap-4">
          {found.map((name) => {
            const Part = PARTS[name];
            return (
              <div key={name} id={`settings-${name}`} className="scroll-mt-5">
                <Part />
              </div>
            );
          })}
          {found.length === 0 && (
            <EmptyState
              icon={<Search aria-hidden />}
              title={t("nothing", { query })}
              action={<Button onClick={() => setQuery("")}>{t("clear")}</Button>}
            />
          )}
        </div>
      </div>
    </Page>
  );
}
