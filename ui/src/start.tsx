import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Toaster } from "@/components/ui/toaster";
import { TooltipProvider } from "@/components/ui/tooltip";
import { HostProvider, pickHost } from "@/host";
import { startI18n } from "@/i18n";
import { loadScreens, router } from "@/router";
import { follow } from "@/state/live";
import { queryClient } from "@/state/query-client";
import { startTheme } from "@/state/theme";
import "@/styles/index.css";

/** The other screens come once the first one stands. */
const AFTER_FIRST_PAINT_MS = 1_500;

/** Shows the screens. */
export async function start() {
  startTheme();
  startI18n();
  const host = await pickHost();
  follow(host, queryClient);
  const root = document.getElementById("root");
  if (!root) throw new Error("the page has no #root");
  createRoot(root).render(
    <StrictMode>
      <HostProvider value={host}>
        <QueryClientProvider client={queryClient}>
          <TooltipProvider>
            <RouterProvider router={router} />
            <Toaster />
          </TooltipProvider>
        </QueryClientProvider>
      </HostProvider>
    </StrictMode>,
  );
  setTimeout(() => void loadScreens(), AFTER_FIRST_PAINT_MS);
}
