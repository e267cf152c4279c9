import { createRoute } from "@tanstack/react-router";
import { Cpu } from "lucide-react";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";
import { readRange } from "./range";

export const screen = { id: "gpus", path: "/gpus", icon: Cpu, letter: "u" } as const satisfies Screen;

const gpusRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/gpus",
  validateSearch: (search: Record<string, unknown>) =>
    search.range === undefined ? {} : { range: readRange(search) },
  component: lazyScreen(() => import("./GpusScreen"), "GpusScreen"),
});

export const routes = [gpusRoute] as const;
