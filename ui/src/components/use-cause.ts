import { useTranslation } from "react-i18next";
import { reports } from "@/i18n/en/reports";

type Known = keyof typeof reports.causes;

const known = (cause: string): cause is Known => cause in reports.causes;

/** What set off a change-over, in words; a class this version does not know is shown as it stands. */
export function useCause(): (cause: string) => string {
  const { t } = useTranslation("reports");
  return (cause) => (known(cause) ? t(`causes.${cause}`) : cause);
}
