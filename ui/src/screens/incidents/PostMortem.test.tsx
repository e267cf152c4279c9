import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { IncidentDetail } from "@/contract";
import { HostError } from "@/host";
import { incidentOf } from "@/host/fake/operations";
import { renderWithHost } from "@/test/render";
import { PostMortem } from "./PostMortem";

const detail = (post_mortem: string): IncidentDetail => ({
  incident: incidentOf(Date.now(), 3),
  timeline: [],
  steps: [],
  corrections: [],
  post_mortem,
});
const field = () => screen.getByRole("textbox");
const save = () => screen.getByTestId("post-mortem-save");

it("keeps a refused post-mortem, and says at its field why", async () => {
  renderWithHost(<PostMortem detail={detail("")} />, {
    "incident.act": () => {
      throw new HostError({
        code: "bad_request",
        message: "the post-mortem has 100001 characters, and may have 100000 at most",
        remedy: "shorten it",
        problems: [],
      });
    },
  });
  await userEvent.type(field(), "# What happened");
  await userEvent.click(save());
  await waitFor(() => expect(field()).toHaveAccessibleDescription(/has 100001 characters.* Shorten it\./));
  expect(field()).toHaveValue("# What happened");
  await userEvent.type(field(), "!");
  expect(field()).toBeValid();
});

it("follows what others store, but never over what was typed here", async () => {
  const { rerender } = renderWithHost(<PostMortem detail={detail("first")} />);
  const show = (stored: string) => rerender(<PostMortem detail={detail(stored)} />);
  show("second");
  expect(field()).toHaveValue("second");
  await userEvent.type(field(), " and mine");
  show("theirs");
  expect(field()).toHaveValue("second and mine");
  expect(screen.getByText(/Somebody else has stored another text/)).toBeInTheDocument();
  expect(save()).toHaveTextContent("Save over theirs");
  await userEvent.click(screen.getByRole("button", { name: "Show theirs instead" }));
  expect(field()).toHaveValue("theirs");
  expect(save()).toBeDisabled();
});
