import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { Gauge } from "lucide-react";
import { z } from "zod";
import { rootRoute } from "@/frame/root";
import type { Screen } from "../screen";

export const screen = { id: "overview", path: "/", icon: Gauge, letter: "o" } as const satisfies Screen;

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: z.object({ chain: z.string().optional().catch(undefined) }),
  component: lazyRouteComponent(() => import("./OverviewScreen"), "OverviewScreen"),
});

export const routes = [overviewRoute] as const;
