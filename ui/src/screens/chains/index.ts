import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { ListOrdered } from "lucide-react";
import { rootRoute } from "@/frame/root";
import type { Screen } from "../screen";

export const screen = {
  id: "chains",
  path: "/chains",
  icon: ListOrdered,
  letter: "c",
} as const satisfies Screen;

const chainsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/chains",
  component: lazyRouteComponent(() => import("./ChainsScreen"), "ChainsScreen"),
});

export const routes = [chainsRoute] as const;
