import { createRoute } from "@tanstack/react-router";
import { MessageSquareText } from "lucide-react";
import { z } from "zod";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";

export const screen = {
  id: "playground",
  path: "/playground",
  icon: MessageSquareText,
  letter: "p",
} as const satisfies Screen;

const text = z.string().optional().catch(undefined);

const playgroundRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/playground",
  validateSearch: z.object({ chain: text, tier: text, other: text }),
  component: lazyScreen(() => import("./PlaygroundScreen"), "PlaygroundScreen"),
});

export const routes = [playgroundRoute] as const;
