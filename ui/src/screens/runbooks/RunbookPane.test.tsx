import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { RunbookView } from "@/contract";
import { HostError } from "@/host";
import { renderWithHost } from "@/test/render";
import { RunbookPane } from "./RunbookPane";

const BOOK: RunbookView = {
  name: "outage",
  title: "Provider outage",
  kinds: ["outage"],
  text: "- [ ] Look at it.",
  steps: ["Look at it."],
  origin: "shipped",
  rehearsed: null,
  rehearsal_due: true,
  followed_ms: null,
};

it("keeps what was learned when a rehearsal is refused, and says at its field why", async () => {
  let refused = true;
  renderWithHost(<RunbookPane runbook={BOOK} />, {
    "runbook.rehearsed": () => {
      if (!refused) return [BOOK];
      throw new HostError({
        code: "not_found",
        message: "there is no runbook `outage`",
        remedy: "choose one on the Runbooks screen",
        problems: [],
      });
    },
  });
  const field = screen.getByLabelText("What was learned (optional)");
  await userEvent.type(field, "The password was out of date.");
  await userEvent.click(screen.getByTestId("runbook-rehearsed"));
  await waitFor(() =>
    expect(field).toHaveAccessibleDescription(
      "There is no runbook “outage”. Choose one on the Runbooks screen.",
    ),
  );
  expect(field).toHaveValue("The password was out of date.");
  refused = false;
  await userEvent.click(screen.getByTestId("runbook-rehearsed"));
  await waitFor(() => expect(field).toHaveValue(""));
  expect(field).toBeValid();
});
