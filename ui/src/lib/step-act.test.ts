import { expect, it } from "vitest";
import { readStep } from "./step-act";

it("tells a step's words from the act that it offers", () => {
  expect(readStep("Drain it. [Drain](act:drain)")).toEqual({
    text: "Drain it.",
    act: { name: "drain", label: "Drain" },
  });
  expect(readStep("Then [Pin](act:pin) `it`")).toEqual({
    text: "Then `it`",
    act: { name: "pin", label: "Pin" },
  });
  expect(readStep("See [1] and [docs](https://x)").act).toBeNull();
});
