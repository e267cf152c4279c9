/** Renders a component with a fake host and nothing kept from other tests. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { TooltipProvider } from "@/components/ui/tooltip";
import { HostProvider } from "@/host";
import { type Answers, fakeHost } from "@/host/fake";

export function renderWithHost(ui: ReactNode, answers?: Answers) {
  const host = fakeHost("full", answers);
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false }, mutations: { retry: false } },
  });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <HostProvider value={host}>
      <QueryClientProvider client={client}>
        <TooltipProvider>{children}</TooltipProvider>
      </QueryClientProvider>
    </HostProvider>
  );
  const result = render(ui, { wrapper });
  return { ...result, host, client };
}
