import { createRoute } from "@tanstack/react-router";
import { BookOpenCheck } from "lucide-react";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";

export const screen = {
  id: "runbooks",
  path: "/runbooks",
  icon: BookOpenCheck,
  letter: "b",
} as const satisfies Screen;

const runbooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/runbooks",
  validateSearch: (search: Record<string, unknown>): { name?: string } =>
    typeof search.name === "string" ? { name: search.name } : {},
  component: lazyScreen(() => import("./RunbooksScreen"), "RunbooksScreen"),
});

export const routes = [runbooksRoute] as const;
