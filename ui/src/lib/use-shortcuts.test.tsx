import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { useShortcuts } from "./use-shortcuts";

const palette = vi.fn();
const help = vi.fn();
const go = vi.fn((letter: string) => letter === "c");

function Probe() {
  useShortcuts({ palette, help, go });
  return <input aria-label="text" />;
}

beforeEach(() => {
  palette.mockReset();
  help.mockReset();
  go.mockClear();
  render(<Probe />);
});

it("goes where the letter after g says, and takes one letter only", async () => {
  const user = userEvent.setup();
  await user.keyboard("gcc");
  expect(go.mock.calls).toEqual([["c"]]);
});

it("opens the palette with Ctrl+K anywhere, and the help with ?", async () => {
  const user = userEvent.setup();
  await user.keyboard("?");
  await user.click(screen.getByLabelText("text"));
  await user.keyboard("{Control>}k{/Control}");
  expect(help).toHaveBeenCalledTimes(1);
  expect(palette).toHaveBeenCalledTimes(1);
});

it("leaves letters alone while somebody types", async () => {
  const user = userEvent.setup();
  await user.type(screen.getByLabelText("text"), "gc?");
  expect(go).not.toHaveBeenCalled();
  expect(help).not.toHaveBeenCalled();
  expect(screen.getByLabelText("text")).toHaveValue("gc?");
});
