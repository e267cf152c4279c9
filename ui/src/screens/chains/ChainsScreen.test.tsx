import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { HostError } from "@/host";
import { renderWithHost } from "@/test/render";
import { ChainsScreen } from "./ChainsScreen";
import { discardDraft, useDraft } from "./draft";

beforeEach(() => {
  discardDraft();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
});

const rows = () =>
  screen.getAllByTestId(/^tier-row-/).map((row) => row.dataset.testid?.replace("tier-row-", ""));

it("moves the focused tier with Alt and an arrow, at once, and keeps the focus on it", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />);
  const row = await screen.findByTestId("tier-row-gpu");
  row.focus();
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  await waitFor(() => expect(rows()).toEqual(["gpu-2", "gpu", "cpu"]));
  expect(screen.getByTestId("tier-row-gpu")).toHaveFocus();
  await waitFor(() =>
    expect(host.asked).toContainEqual({
      name: "chains.reorder",
      request: { chain: "practice", tiers: ["gpu-2", "gpu", "cpu"], expected_revision: 7 },
    }),
  );
  expect(useDraft.getState().draft).toBeNull();
});

it("sends two quick moves one after the other, each on top of the last", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />);
  const down = await screen.findByTestId("tier-down-gpu");
  await user.click(down);
  await user.click(screen.getByTestId("tier-down-gpu"));
  const reorders = () =>
    host.asked.filter(({ name }) => name === "chains.reorder").map(({ request }) => request);
  await waitFor(() => expect(reorders()).toHaveLength(2));
  expect(reorders()).toMatchObject([{ expected_revision: 7 }, { expected_revision: 8 }]);
  expect(rows()).toEqual(["gpu-2", "cpu", "gpu"]);
});

it("shows a move before the engine has answered, and takes it back when it is refused", async () => {
  const user = userEvent.setup();
  let refuse: (reason: HostError) => void = () => {};
  const refusal = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  renderWithHost(<ChainsScreen />, { "chains.reorder": () => refusal });
  await user.click(await screen.findByTestId("tier-down-gpu"));
  await waitFor(() => expect(rows()).toEqual(["gpu-2", "gpu", "cpu"]));
  refuse(new HostError({ code: "conflict", message: "Revision 9 is in force.", remedy: "", problems: [] }));
  await waitFor(() => expect(rows()).toEqual(["gpu", "gpu-2", "cpu"]));
});

it("gathers other edits in a draft that says in words what it changes", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />);
  await user.click(await screen.findByLabelText("cpu enabled"));
  expect(host.asked.map(({ name }) => name)).not.toContain("config.apply");
  await user.click(screen.getByTestId("review"));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByText("practice: tier cpu is switched off")).toBeVisible();
  await user.click(within(dialog).getByTestId("apply"));
  await waitFor(() => expect(useDraft.getState().draft).toBeNull());
  expect(host.asked.find(({ name }) => name === "config.apply")?.request).toMatchObject({
    expected_revision: 7,
    note: "practice: tier cpu is switched off",
  });
});

it("keeps the draft when somebody else was faster, and shows what they changed", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />, {
    "config.apply": async () => {
      await host.rpc("chains.reorder", {
        chain: "practice",
        tiers: ["cpu", "gpu", "gpu-2"],
        expected_revision: 7,
      });
      throw new HostError({ code: "conflict", message: "Revision 8 is in force.", remedy: "", problems: [] });
    },
  });
  await user.click(await screen.findByLabelText("cpu enabled"));
  await user.click(screen.getByTestId("review"));
  await user.click(await screen.findByTestId("apply"));
  expect(
    await screen.findByText("practice: the order becomes cpu, gpu, gpu-2 (was gpu, gpu-2, cpu)"),
  ).toBeVisible();
  expect(useDraft.getState().draft?.document.chains[0]?.tiers[2]?.enabled).toBe(false);
});

it("puts the engine's problem at the field it belongs to", async () => {
  const user = userEvent.setup();
  renderWithHost(<ChainsScreen />, {
    "config.check": () => [
      {
        path: "chains[0].tiers[1].url",
        what: "the URL names no host",
        remedy: "write http://HOST:PORT",
        severity: "error",
      },
      { path: "chains[0].tiers[0].model", what: "another tier's problem", remedy: "", severity: "error" },
    ],
  });
  await user.click(await screen.findByTestId("tier-edit-gpu-2"));
  await user.click(await screen.findByTestId("tier-save"));
  const field = await screen.findByTestId("field-replicas.0.url");
  await waitFor(() => expect(field).toBeInvalid());
  expect(field).toHaveAccessibleDescription(/The URL names no host: write http:\/\/HOST:PORT\./);
  expect(useDraft.getState().draft).toBeNull();
});

it("gives a generation the times that go with it, unless somebody chose others", async () => {
  const user = userEvent.setup();
  renderWithHost(<ChainsScreen />);
  await user.click(await screen.findByTestId("tier-edit-gpu-2"));
  await user.click(await screen.findByTestId("advanced"));
  const choose = async (name: string) => {
    await user.click(screen.getByRole("combobox", { name: "What is asked for" }));
    await user.click(await screen.findByRole("option", { name }));
  };
  await choose("One token (may cost money)");
  const every = await screen.findByTestId("field-probe.every");
  expect([every, screen.getByTestId("field-probe.timeout")]).toMatchObject([
    { value: "30s" },
    { value: "10s" },
  ]);
  await user.clear(every);
  await user.type(every, "45s");
  await choose("The model list");
  expect(every).toHaveValue("45s");
  expect(screen.getByTestId("field-probe.timeout")).toHaveValue("5s");
});

it("only shows the configuration when a file is its source", async () => {
  const { configAnswers } = await import("@/host/fake/config");
  const page = await configAnswers("full")["config.get"]?.(null);
  if (!page) throw new Error("no fixture");
  const problem = {
    path: "chains[0].name",
    what: "a chain needs a name",
    remedy: "write one",
    severity: "error",
  } as const;
  renderWithHost(<ChainsScreen />, {
    "config.get": () => ({ ...page, file: "/etc/changeover.yaml", file_problems: [problem] }),
  });
  expect(await screen.findByText(/changeover\.yaml is the source of truth/)).toBeVisible();
  expect(screen.getByText(/A chain needs a name: write one\./)).toBeVisible();
  expect(screen.queryByTestId("add-chain")).toBeNull();
  expect(screen.queryByTestId("tier-grip-gpu")).toBeNull();
  expect(screen.getByLabelText("gpu enabled")).toHaveAttribute("aria-disabled", "true");
});
