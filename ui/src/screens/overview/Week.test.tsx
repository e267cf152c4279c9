import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { documentOf } from "@/host/fake/config";
import { renderWithHost } from "@/test/render";
import { Week } from "./Week";

const week = (worst_rto_ms: number, simulated = false) => ({
  simulated,
  requests: 100,
  availability: 1,
  first_tier_alone: 0.5,
  failovers: 1,
  worst_rto_ms,
});

const page = () => {
  const document = documentOf([]);
  const targets = { ...document.targets, serving_rto: "15m" };
  return { revision: 1, document: { ...document, targets }, file: null, file_problems: [], warnings: [] };
};

it.each([
  [14 * 60_000, "within the target of 15 min"],
  [16 * 60_000, "longer than the target of 15 min"],
])("holds the worst recovery of a tier against its target: %i ms", async (worst, said) => {
  renderWithHost(<Week figures={[week(worst), week(1, true)]} />, { "config.get": page });
  // Simulated recoveries are held against nothing.
  expect(await screen.findByTestId("week-target")).toHaveTextContent(said);
});
