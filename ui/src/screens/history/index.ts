import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "@/frame/root";
import { readHistory } from "./filter";

const historyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/history",
  validateSearch: readHistory,
  component: lazyRouteComponent(() => import("./HistoryScreen"), "HistoryScreen"),
});

/** Not in the navigation: it is reached from Incidents. */
export const routes = [historyRoute] as const;
