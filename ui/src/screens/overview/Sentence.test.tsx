import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { overview, tier } from "@/host/fake/overview";
import { Sentence } from "./Sentence";

const said = () => screen.getByTestId("status-sentence").textContent;

it("says what the engine says of the chain that it speaks of, and the same of another one", () => {
  const now = overview("full");
  const [spoken] = now.chains;
  if (!spoken) throw new Error("the fixture has a chain");
  const down = tier(0, { name: "gpu", may_serve: false, why_not: "down: connection refused" });
  const other = {
    ...spoken,
    name: "chat",
    simulated: false,
    serving: "cpu",
    tiers: [down, tier(0, { name: "cpu" })],
  };
  const { rerender } = render(<Sentence overview={now} chain={spoken} />);
  expect(said()).toBe(now.sentence);
  rerender(<Sentence overview={now} chain={other} />);
  expect(said()).toBe("chat is answering from tier 2, cpu. gpu is down: connection refused.");
  rerender(<Sentence overview={now} chain={{ ...other, serving: null }} />);
  expect(said()).toBe("chat cannot answer: no tier is in service.");
});

it("says how much of the capability is left while a lesser tier answers", () => {
  const now = overview("fault");
  const [chain] = now.chains;
  if (!chain) throw new Error("the fixture has a chain");
  const { rerender } = render(<Sentence overview={now} chain={{ ...chain, score: 0.6 }} />);
  expect(screen.getByTestId("status-score").textContent).toBe("Capability: 60 % of the chain's best tier.");
  rerender(<Sentence overview={now} chain={{ ...chain, mode: "full", score: 1 }} />);
  expect(screen.queryByTestId("status-score")).toBeNull();
});

it("shows no good sign while nothing is listened to", () => {
  const now = overview("full");
  const [chain] = now.chains;
  if (!chain) throw new Error("the fixture has a chain");
  const sign = () => document.querySelector("svg")?.getAttribute("class");
  const { rerender } = render(<Sentence overview={now} chain={chain} />);
  expect(sign()).toContain("text-good");
  const endpoint = { ...now.endpoint, listening: false, problem: "port 4747 is held by `nginx`" };
  rerender(<Sentence overview={{ ...now, endpoint }} chain={chain} />);
  expect(sign()).toContain("text-bad");
});
