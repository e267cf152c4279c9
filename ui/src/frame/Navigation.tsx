import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { SCREEN_WORDS, screens } from "@/screens";
import type { Screen } from "@/screens/screen";
import { useLive } from "@/state/overview";
import { Mark } from "./Mark";
import { ThemeMenu } from "./ThemeMenu";

export function Navigation() {
  const { t } = useTranslation(SCREEN_WORDS);
  const open = useLive((overview) => overview.open_incidents) ?? 0;
  return (
    <nav
      aria-label={t("main_navigation")}
      className="flex w-14 shrink-0 flex-col overflow-y-auto border-r border-line min-[900px]:w-48"
    >
      <p className="flex h-12 shrink-0 items-center gap-2 px-4.5 font-semibold tracking-tight min-[900px]:px-5">
        <Mark />
        <span className="max-[899px]:sr-only">{t("product")}</span>
      </p>
      <div className="flex flex-1 flex-col gap-0.5 px-2.5 py-1 min-[900px]:px-3">
        {screens.map(({ id, path, icon: Icon }) => (
          <Link
            key={id}
            to={path}
            activeOptions={{ exact: path === "/", includeSearch: false }}
            data-testid={`nav-${id}`}
            title={t(`${id}:title`)}
            className="relative flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted transition-colors hover:bg-hover hover:text-ink data-[status=active]:bg-hover data-[status=active]:text-ink"
          >
            <Icon className="size-4 shrink-0" aria-hidden />
            <span className="max-[899px]:sr-only">{t(`${id}:title`)}</span>
            {(id as Screen["id"]) === "incidents" && open > 0 && (
              <span className="numeric rounded bg-bad-soft px-1.5 text-xs text-bad max-[899px]:absolute max-[899px]:-top-1 max-[899px]:-right-1 max-[899px]:px-1 min-[900px]:ml-auto">
                {open}
                <span className="sr-only"> {t("strip.incidents", { count: open })}</span>
              </span>
            )}
          </Link>
        ))}
      </div>
      <div className="p-2.5 min-[900px]:p-3">
        <ThemeMenu />
      </div>
    </nav>
  );
}
