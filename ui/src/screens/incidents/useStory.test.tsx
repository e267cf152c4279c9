import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import type { Incident } from "@/contract";
import { incidentOf } from "@/host/fake/operations";
import { renderWithHost } from "@/test/render";
import { useStory } from "./useStory";

function Story({ incident }: { incident: Incident }) {
  return <p>{useStory(incident)}</p>;
}
const DAY = 86_400_000;
const told = (over: Partial<Incident>, now = Date.now()) => {
  renderWithHost(<Story incident={incidentOf(now, 0, over)} />);
  return screen.getByText(/gpu of chain practice failed/);
};

it("names the tier that took over, and says how it ended", () => {
  expect(told({ answered_by: "cloud" })).toHaveTextContent(/failed at .*cloud took over.*gpu serves again/);
});

it("says that it was closed by hand, not that it goes on", () => {
  const { times } = incidentOf(Date.now(), 0);
  const story = told({ times: { ...times, restored_ms: null }, closed_ms: times.began_ms + 90_000 });
  expect(story).toHaveTextContent("It was closed by hand after 1 min 30 s, before gpu was back.");
});

it("says the day of one that is not of today", () => {
  expect(told({}, Date.now() - 3 * DAY)).toHaveTextContent(/failed on \w+ \d+, \d{4}/);
});
