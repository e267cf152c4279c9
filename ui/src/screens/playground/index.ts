import { createRoute } from "@tanstack/react-router";
import { MessageSquareText } from "lucide-react";
import { z } from "zod";
import { rootRoute } from "@/frame/root";
import { lazyScreen } from "../lazy";
import type { Screen } from "../screen";
import { kinds } from "./fault";

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
  validateSearch: z.object({
    chain: text,
    tier: text,
    other: text,
    fault: z.enum(kinds).optional().catch(undefined),
    fault_tier: text,
    fault_number: z.union([z.number(), z.string()]).optional().catch(undefined),
  }),
  component: lazyScreen(() => import("./PlaygroundScreen"), "PlaygroundScreen"),
});

export const routes = [playgroundRoute] as const;
