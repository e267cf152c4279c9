import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { EngineLoad as Load } from "@/contract";
import { EngineLoad } from "./engine-load";

const load = (over: Partial<Load> = {}): Load => ({
  at_ms: Date.now(),
  running: 3,
  waiting: 9,
  slots: null,
  cache: 0.97,
  tokens_per_second: 120.4,
  models: [],
  findings: [],
  ...over,
});

describe("a serving engine's load", () => {
  it("is one line of the figures that there are", () => {
    render(<EngineLoad load={load()} />);
    expect(screen.getByTestId("engine-load").textContent).toBe(
      "3 running · 9 waiting · cache 97 % · 120 tokens/s",
    );
  });

  it("says what is wrong", () => {
    const finding = {
      degrades: true,
      what: "saturated: 9 requests wait in its queue",
      remedy: "Add a replica.",
    };
    render(<EngineLoad load={load({ findings: [finding] })} />);
    expect(screen.getByTestId("engine-finding").textContent).toBe("Saturated: 9 requests wait in its queue.");
  });

  it("says how old it is", () => {
    render(
      <EngineLoad
        load={load({ at_ms: Date.now() - 300_000, waiting: null, cache: null, tokens_per_second: null })}
      />,
    );
    expect(screen.getByTestId("engine-load").textContent).toBe("3 running · read 5 min ago");
  });

  it("is nothing where none is told", () => {
    const { container } = render(<EngineLoad load={null} />);
    expect(container.textContent).toBe("");
  });
});
