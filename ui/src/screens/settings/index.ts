import { createRoute } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";
import { readSection } from "./sections";

export const screen = {
  id: "settings",
  path: "/settings",
  icon: Settings,
  letter: "s",
} as const satisfies Screen;

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: readSection,
  component: lazyScreen(() => import("./SettingsScreen"), "SettingsScreen"),
});

export const routes = [settingsRoute] as const;
