import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { Gauge } from "lucide-react";
import { rootRoute } from "@/frame/root";
import type { Screen } from "../screen";

export const screen = { id: "overview", path: "/", icon: Gauge, letter: "o" } as const satisfies Screen;

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./OverviewScreen"), "OverviewScreen"),
});

export const routes = [overviewRoute] as const;
