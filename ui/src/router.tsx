import { createHashHistory, createRouter } from "@tanstack/react-router";
import { ErrorState } from "@/components/states";
import { NotFound } from "@/frame/NotFound";
import { rootRoute } from "@/frame/root";
import { screenRoutes } from "@/screens";

export const router = createRouter({
  routeTree: rootRoute.addChildren(screenRoutes),
  history: createHashHistory(),
  defaultPreload: "intent",
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
