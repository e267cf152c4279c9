import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import { readHistory } from "./filter";

const historyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/history",
  validateSearch: readHistory,
  component: lazyScreen(() => import("./HistoryScreen"), "HistoryScreen"),
});

/** Not in the navigation: it is reached from Incidents. */
export const routes = [historyRoute] as const;
