import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { screens } from "@/screens";

export function Navigation() {
  const { t } = useTranslation(["common", "overview", "chains", "gpus", "incidents", "reports", "settings"]);
  return (
    <nav aria-label={t("product")} className="flex w-48 shrink-0 flex-col gap-0.5 border-r border-line p-3">
      {screens.map(({ id, path, icon: Icon }) => (
        <Link
          key={id}
          to={path}
          activeOptions={{ exact: path === "/" }}
          data-testid={`nav-${id}`}
          className="flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted hover:bg-hover hover:text-ink data-[status=active]:bg-hover data-[status=active]:text-ink"
        >
          <Icon className="size-4" aria-hidden />
          {t(`${id}:title`)}
        </Link>
      ))}
    </nav>
  );
}
