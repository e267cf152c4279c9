import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { gpuOf } from "@/host/fake/machine";
import { renderWithHost } from "@/test/render";
import { Fleet } from "./Fleet";

it("counts many GPUs by their state, the worst first, and leads to each card", async () => {
  const finding = { what: "it is slowed", remedy: "cool it" };
  const gpus = [
    gpuOf(0, { findings: [] }),
    gpuOf(1, { findings: [{ ...finding, fatal: false }] }),
    gpuOf(2, { findings: [{ ...finding, fatal: true }] }),
    gpuOf(3, { findings: [] }),
  ];
  renderWithHost(<Fleet gpus={gpus} isOld={(gpu) => gpu.index === 3} />);
  expect(screen.getByTestId("gpu-fleet")).toHaveTextContent(
    "1 out of service · 1 needs attention · 1 old values · 1 healthy",
  );
  const card = document.createElement("div");
  card.id = `gpu-${gpus[1]?.uuid}`;
  card.scrollIntoView = vi.fn();
  document.body.append(card);
  await userEvent.click(screen.getByRole("button", { name: /needs attention/i }));
  expect(card.scrollIntoView).toHaveBeenCalled();
  card.remove();
});
