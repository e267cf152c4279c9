import { Link } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/components/states";
import { buttonClass } from "@/components/ui/button";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<Compass aria-hidden />}
      title={t("not_found.title")}
      action={
        <Link to="/" className={buttonClass()}>
          {t("not_found.back")}
        </Link>
      }
    />
  );
}
