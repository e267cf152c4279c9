import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { incidentOf } from "@/host/fake/operations";
import { renderWithHost } from "@/test/render";
import { ActDialog } from "./ActDialog";

it("says what each severity means where it is chosen", async () => {
  const incident = incidentOf(Date.now(), 0, { severity: "P3" });
  renderWithHost(<ActDialog kind="severity" incident={incident} onClose={() => {}} />);
  expect(screen.getByText("Slower, limited, or a tier without traffic.")).toBeInTheDocument();
  await userEvent.click(screen.getByRole("button", { name: "P0" }));
  expect(screen.getByText("No tier answers.")).toBeInTheDocument();
});
