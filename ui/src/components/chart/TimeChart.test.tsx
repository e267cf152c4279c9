import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Series } from "@/contract";
import { TimeChart } from "./TimeChart";

const plot = vi.hoisted(() => ({ feed: vi.fn(), resize: vi.fn(), redraw: vi.fn(), destroy: vi.fn() }));
const createPlot = vi.hoisted(() => vi.fn(() => plot));

vi.mock("./plot", async (original) => ({ ...(await original<typeof import("./plot")>()), createPlot }));
vi.mock("uplot", () => ({ default: class {} }));

const seriesOf = (...values: (number | null)[]): Series => ({
  at_ms: values.map((_, index) => 1_000 * index),
  lines: [{ name: "GPU 0", unit: "%", values }],
  marks: [{ at_ms: 1_000, label: "gpu to cpu" }],
});

function hide(hidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

describe("TimeChart", () => {
  it("feeds one plot with each tick instead of drawing a new one", () => {
    const { rerender, unmount } = render(<TimeChart series={seriesOf(1)} height={100} label="Load" />);
    rerender(<TimeChart series={seriesOf(1, 2)} height={100} label="Load" />);
    expect(createPlot).toHaveBeenCalledTimes(1);
    expect(plot.feed).toHaveBeenLastCalledWith(seriesOf(1, 2));
    unmount();
    expect(plot.destroy).toHaveBeenCalledTimes(1);
  });

  it("draws nothing while the page is hidden, and the newest once it is shown", () => {
    const { rerender } = render(<TimeChart series={seriesOf(1)} height={100} label="Load" />);
    hide(true);
    plot.feed.mockClear();
    rerender(<TimeChart series={seriesOf(1, 2)} height={100} label="Load" />);
    expect(plot.feed).not.toHaveBeenCalled();
    hide(false);
    expect(plot.feed).toHaveBeenCalledExactlyOnceWith(seriesOf(1, 2));
  });

  it("says in a sentence what it shows", () => {
    render(<TimeChart series={seriesOf(10, null, 40, 20)} height={100} label="Load" />);
    const name = screen.getByRole("img").getAttribute("aria-label");
    expect(name).toBe("Load. GPU 0: now 20 %, between 10 % and 40 %. 1 change-over marked.");
  });

  it("turns into a table with every value and mark", async () => {
    render(<TimeChart series={seriesOf(10, null)} height={100} label="Load" />);
    await userEvent.click(screen.getByRole("button", { name: "Show Load as a table" }));
    const cells = screen.getAllByRole("cell").map((cell) => cell.textContent);
    expect(cells).toContain("10 %");
    expect(cells).toContain("n/a");
    expect(cells).toContain("gpu to cpu");
  });

  it("says so when nothing was measured", () => {
    render(<TimeChart series={seriesOf(null, null)} height={100} label="Load" />);
    expect(screen.getByText("Nothing measured in this range yet")).toBeInTheDocument();
    expect(createPlot).not.toHaveBeenCalled();
  });
});
