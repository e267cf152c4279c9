import { createRoute } from "@tanstack/react-router";
import { Siren } from "lucide-react";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";
import { readFilter, writeFilter } from "./filter";
import { readKind } from "./kinds";

export const screen = {
  id: "incidents",
  path: "/incidents",
  icon: Siren,
  letter: "i",
} as const satisfies Screen;

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/incidents",
  validateSearch: (search: Record<string, unknown>) => writeFilter(readFilter(search)),
  component: lazyScreen(() => import("./IncidentsScreen"), "IncidentsScreen"),
});

const detailRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/incidents/$id",
  validateSearch: readKind,
  component: lazyScreen(() => import("./IncidentScreen"), "IncidentScreen"),
});

export const routes = [listRoute, detailRoute] as const;
