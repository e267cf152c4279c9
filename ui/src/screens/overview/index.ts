import { createRoute, redirect } from "@tanstack/react-router";
import { Gauge } from "lucide-react";
import { z } from "zod";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";

export const screen = { id: "overview", path: "/", icon: Gauge, letter: "o" } as const satisfies Screen;

const overviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: z.object({ chain: z.string().optional().catch(undefined) }),
  component: lazyScreen(() => import("./OverviewScreen"), "OverviewScreen"),
});

/** The other screens are addressed by their names, so this one can be too. */
const byName = createRoute({
  getParentRoute: () => rootRoute,
  path: "/overview",
  beforeLoad: () => {
    throw redirect({ to: "/", replace: true });
  },
});

export const routes = [overviewRoute, byName] as const;
