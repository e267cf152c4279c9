import { createRoute } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";
import { readChoice } from "./period";

export const screen = {
  id: "reports",
  path: "/reports",
  icon: ChartColumn,
  letter: "r",
} as const satisfies Screen;

const reportsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reports",
  validateSearch: (search: Record<string, unknown>): Partial<ReturnType<typeof readChoice>> =>
    Object.keys(search).length === 0 ? {} : readChoice(search),
  component: lazyScreen(() => import("./ReportsScreen"), "ReportsScreen"),
});

export const routes = [reportsRoute] as const;
