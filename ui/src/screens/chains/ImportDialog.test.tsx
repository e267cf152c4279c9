import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { chainOf, documentOf } from "@/host/fake/config";
import { renderWithHost } from "@/test/render";
import { discardDraft, useDraft } from "./draft";
import { ImportDialog } from "./ImportDialog";

const page = { revision: 7, document: documentOf([chainOf()]), warnings: [], file: null, file_problems: [] };
const note = {
  path: "model_list[0].litellm_params.rpm",
  what: "not carried over",
  remedy: "set it on the tier afterwards, if it matters",
  severity: "warning" as const,
};

beforeEach(discardDraft);

it("takes only the chains of another program's file, and names what it left out before it closes", async () => {
  const user = userEvent.setup();
  const close = vi.fn();
  const theirs = {
    ...documentOf([chainOf({ name: "theirs" })]),
    alerts: { ...page.document.alerts, desktop: false },
  };
  renderWithHost(<ImportDialog page={{ ...page }} onClose={close} />, {
    "config.parse": () => ({ document: theirs, problems: [note], chains_only: true }),
  });
  await user.type(screen.getByTestId("import-yaml"), "model_list");
  await user.click(screen.getByTestId("import-read"));
  expect(await screen.findByText(/model_list\[0\].litellm_params.rpm/)).toBeVisible();
  expect(close).not.toHaveBeenCalled();
  const draft = useDraft.getState().draft?.document;
  expect(draft?.chains.map(({ name }) => name)).toEqual(["theirs"]);
  expect(draft?.alerts).toEqual(page.document.alerts);
  await user.click(screen.getByTestId("import-done"));
  expect(close).toHaveBeenCalled();
});
