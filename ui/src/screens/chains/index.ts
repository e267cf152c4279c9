import { createRoute } from "@tanstack/react-router";
import { ListOrdered } from "lucide-react";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";
import { chainsSearch } from "./search";

export const screen = {
  id: "chains",
  path: "/chains",
  icon: ListOrdered,
  letter: "c",
} as const satisfies Screen;

const chainsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/chains",
  validateSearch: chainsSearch,
  component: lazyScreen(() => import("./ChainsPage"), "ChainsPage"),
});

export const routes = [chainsRoute] as const;
