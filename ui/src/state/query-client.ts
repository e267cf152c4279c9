import { QueryClient } from "@tanstack/react-query";
import { HostError } from "@/host";

/** Answers stay until an event says that they changed; refusals of the engine are not asked again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // Loopback works without a network.
      networkMode: "always",
      retry: (count, error) => count < 2 && error instanceof HostError && error.code === "unavailable",
    },
    mutations: { networkMode: "always" },
  },
});
