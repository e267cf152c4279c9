import { FlaskConical } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "./ui/badge";

/** Marks what comes from simulated tiers, wherever it stands beside real figures. */
export function SimulatedBadge() {
  const { t } = useTranslation();
  return (
    <Badge>
      <FlaskConical aria-hidden />
      {t("simulated")}
    </Badge>
  );
}
