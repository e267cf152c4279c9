/** Dark, light, or what the system says. Kept on this machine alone. */
import { create } from "zustand";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEPT = "changeover.theme";
const prefersDark = () => matchMedia("(prefers-color-scheme: dark)");

function kept(): Theme {
  const value = localStorage.getItem(KEPT);
  return THEMES.find((theme) => theme === value) ?? "system";
}

export function resolve(theme: Theme, systemIsDark: boolean): "light" | "dark" {
  if (theme === "system") return systemIsDark ? "dark" : "light";
  return theme;
}

interface ThemeState {
  theme: Theme;
  /** What is shown now; charts redraw when it changes. */
  shown: "light" | "dark";
  setTheme: (theme: Theme) => void;
}

export const useTheme = create<ThemeState>((set) => ({
  theme: "system",
  shown: "light",
  setTheme: (theme) => {
    localStorage.setItem(KEPT, theme);
    set(show(theme));
  },
}));

function show(theme: Theme) {
  const shown = resolve(theme, prefersDark().matches);
  document.documentElement.dataset.theme = shown;
  return { theme, shown };
}

/** Applies the kept theme and follows the system's. */
export function startTheme() {
  useTheme.setState(show(kept()));
  prefersDark().addEventListener("change", () => useTheme.setState(show(useTheme.getState().theme)));
}
