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

/**
 * Fetches the code of every screen, one after the other. What a screen needs is then here when the engine that
 * serves it is gone: without this, going to a screen for the first time would end at the browser's error page.
 */
export async function loadScreens() {
  for (const route of screenRoutes) await router.loadRouteChunk(route)?.catch(() => {});
}

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
