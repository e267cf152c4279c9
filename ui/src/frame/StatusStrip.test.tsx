import { screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { overview } from "@/host/fake/overview";
import { renderWithHost } from "@/test/render";
import { StatusStrip } from "./StatusStrip";

it("says whether another tier would step in, and why none would", async () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
  const now = overview("full");
  const { unmount } = renderWithHost(<StatusStrip />, { overview: () => now });
  expect(await screen.findByText("Armed")).toBeVisible();
  unmount();
  const pinned = now.chains.map((chain) => ({ ...chain, armed: false, not_armed: "gpu is pinned alone" }));
  renderWithHost(<StatusStrip />, { overview: () => ({ ...now, chains: pinned }) });
  expect(await screen.findByText("Not armed")).toBeVisible();
  expect(screen.getByText(/gpu is pinned alone/)).toBeInTheDocument();
});
