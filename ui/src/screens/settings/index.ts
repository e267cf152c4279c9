import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { Settings } from "lucide-react";
import { rootRoute } from "@/frame/root";
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
  component: lazyRouteComponent(() => import("./SettingsScreen"), "SettingsScreen"),
});

export const routes = [settingsRoute] as const;
