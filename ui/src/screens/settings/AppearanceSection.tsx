import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { THEMES, useTheme } from "@/state/theme";
import { useTimes } from "@/state/times";
import { Facts } from "./Facts";

/** What the screens look like; kept on this machine alone. */
export function AppearanceSection() {
  const { t } = useTranslation("settings");
  const { theme, setTheme } = useTheme();
  const { absolute, setAbsolute } = useTimes();
  return (
    <Card title={t("appearance.title")}>
      <Facts
        facts={[
          [
            t("appearance.theme"),
            <Segmented
              key="theme"
              label={t("appearance.theme")}
              value={theme}
              options={THEMES.map((value) => ({ value, label: t(`appearance.themes.${value}`) }))}
              onChange={setTheme}
            />,
          ],
          [
            t("appearance.times"),
            <Segmented
              key="times"
              label={t("appearance.times")}
              value={absolute ? "absolute" : "relative"}
              options={(["relative", "absolute"] as const).map((value) => ({
                value,
                label: t(`appearance.${value}`),
              }))}
              onChange={(value) => setAbsolute(value === "absolute")}
            />,
          ],
        ]}
      />
      <p className="mt-1 text-xs text-faint">{t("appearance.times_hint")}</p>
    </Card>
  );
}
