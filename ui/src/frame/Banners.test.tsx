import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { overview } from "@/host/fake/overview";
import { useConnection } from "@/state/live";
import { renderWithHost } from "@/test/render";
import { Banners } from "./Banners";

beforeEach(() => useConnection.setState({ link: "live", lostAt: null, heardAt: null }));

it("says why the endpoint is closed, in full", async () => {
  const problem =
    "Port 4747 is held by python3 (process 812): stop it, or choose another under endpoint.listen.";
  renderWithHost(<Banners />, {
    overview: () => {
      const state = overview("full");
      return { ...state, endpoint: { ...state.endpoint, listening: false, problem } };
    },
  });
  expect(await screen.findByRole("alert")).toHaveTextContent(problem);
});

it("names the switched faults and repairs every failing server by its name", async () => {
  const user = userEvent.setup();
  const servers = ["gpu", "cpu", "spare"].map((name) => ({
    name,
    label: `${name} server (simulated)`,
    address: null,
    failing: name !== "spare",
  }));
  const { host } = renderWithHost(<Banners />, {
    overview: () => ({ ...overview("full"), faults_injected: ["gpu server (simulated)"] }),
    practice: () => ({ servers }),
  });
  expect(await screen.findByRole("status")).toHaveTextContent("gpu server (simulated)");
  await user.click(await screen.findByRole("button", { name: "Repair all" }));
  const sent = () => host.asked.filter(({ name }) => name === "practice.set").map(({ request }) => request);
  await waitFor(() =>
    expect(sent()).toEqual([
      { name: "gpu", failing: false },
      { name: "cpu", failing: false },
    ]),
  );
});

it("says since when there is no connection", async () => {
  renderWithHost(<Banners />);
  expect(screen.queryByRole("alert")).toBeNull();
  useConnection.setState({ link: "lost", lostAt: Date.now() - 14_000 });
  expect(await screen.findByRole("alert")).toHaveTextContent(/Not connected since .*14 s ago/);
});

it("says that history is not saved while the disk is full", async () => {
  const problem = "History is not being saved: the disk is full.";
  renderWithHost(<Banners />, { overview: () => ({ ...overview("full"), problems: [problem] }) });
  expect(await screen.findByRole("alert")).toHaveTextContent(problem);
});
