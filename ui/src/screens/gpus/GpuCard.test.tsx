import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { GpuView } from "@/contract";
import { gpuOf } from "@/host/fake/machine";
import { renderWithHost } from "@/test/render";
import { GpuCard } from "./GpuCard";

const show = (over: Partial<GpuView>) => renderWithHost(<GpuCard gpu={gpuOf(0, over)} old={false} />);

it("claims nothing of a GPU that says nothing", () => {
  const silent = { utilisation: null, memory_used_mib: null, memory_total_mib: null, power: null } as const;
  show({
    ...silent,
    power_limit: null,
    temperature: null,
    clock_sm: null,
    clock_memory: null,
    throttled: [],
  });
  const card = screen.getByTestId("gpu-card-0");
  expect(card).not.toHaveTextContent("full clocks available");
  expect(card).not.toHaveTextContent("n/a of");
  expect(card).toHaveTextContent("Slowed byn/a");
});

it("says why a GPU is slowed, and what its fault would do to a chain by its name", () => {
  show({ throttled: ["power cap", "hardware slowdown"], consequences: ["chat: no tier could answer"] });
  const card = screen.getByTestId("gpu-card-0");
  expect(card).toHaveTextContent("Power cap, hardware slowdown");
  expect(card).toHaveTextContent("chat: no tier could answer.");
});
