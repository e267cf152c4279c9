import { Check, Monitor, Moon, Sun } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { THEMES, useTheme } from "@/state/theme";

export const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeMenu() {
  const { t } = useTranslation();
  const { theme, setTheme } = useTheme();
  const Shown = THEME_ICONS[theme];
  return (
    <Menu
      trigger={
        <Button kind="ghost" size="sm" className="w-full justify-start px-2">
          <Shown aria-hidden />
          <span className="max-[899px]:sr-only">
            {t("theme.label")}: {t(`theme.${theme}`)}
          </span>
        </Button>
      }
    >
      {THEMES.map((choice) => {
        const Icon = THEME_ICONS[choice];
        return (
          <MenuItem key={choice} onClick={() => setTheme(choice)}>
            <Icon aria-hidden />
            <span className="flex-1">{t(`theme.${choice}`)}</span>
            {choice === theme && <Check aria-hidden />}
          </MenuItem>
        );
      })}
    </Menu>
  );
}
