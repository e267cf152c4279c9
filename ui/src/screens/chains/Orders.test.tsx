import { defaultParseSearch } from "@tanstack/react-router";
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { overview } from "@/host/fake/overview";
import { renderWithHost } from "@/test/render";
import { AskedOrder } from "./AskedOrder";
import { ChainsScreen } from "./ChainsScreen";
import { discardDraft } from "./draft";
import { chainsSearch } from "./search";

beforeEach(() => {
  discardDraft();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
});

it("pins a tier for the time and the reason that were chosen, at once and not in a draft", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />);
  await user.click(await screen.findByTestId("tier-orders-cpu"));
  await user.click(await screen.findByText("Pin this tier"));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByText("1 h"));
  await user.click(within(dialog).getByRole("switch"));
  await user.type(within(dialog).getByTestId("order-why"), "gpu drifts");
  await user.click(within(dialog).getByTestId("order-give"));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(host.asked.find(({ name }) => name === "order.pin")?.request).toEqual({
    chain: "practice",
    tier: "cpu",
    only: true,
    for_ms: 3_600_000,
    why: "gpu drifts",
  });
  const orders = await screen.findByRole("region", { name: "Orders" });
  expect(within(orders).getByText("Pinned, alone")).toBeVisible();
  expect(within(orders).getByText(/gpu drifts/)).toBeVisible();
});

it("keeps the dialog open with what to do when an order is refused", async () => {
  const user = userEvent.setup();
  const { HostError } = await import("@/host");
  renderWithHost(<ChainsScreen />, {
    "order.failover": () => {
      throw new HostError({
        code: "conflict",
        message: "no other tier of `practice` could answer",
        remedy: "bring another tier back first",
        problems: [],
      });
    },
  });
  await user.click(await screen.findByTestId("chain-orders-practice"));
  await user.click(await screen.findByText("Fail over now"));
  const dialog = await screen.findByRole("dialog");
  await user.click(within(dialog).getByTestId("order-give"));
  expect(await within(dialog).findByText("Bring another tier back first.")).toBeVisible();
});

it("says when failover is not armed, what is ordered of a tier, and that one waits to be failed back", async () => {
  renderWithHost(<ChainsScreen />, {
    overview: () => {
      const live = overview("full");
      const chain = live.chains[0];
      if (!chain?.tiers[0] || !chain.tiers[1]) throw new Error("no fixture");
      chain.armed = false;
      chain.not_armed = "pinned to gpu alone";
      chain.tiers[0].waits = true;
      chain.tiers[1].order = {
        kind: "draining",
        chain: "practice",
        tier: "gpu-2",
        replica: null,
        until_ms: null,
        given: { by: "kim", at_ms: 1, why: "driver" },
      };
      return live;
    },
  });
  expect(await screen.findByText("Failover not armed")).toBeVisible();
  expect(within(screen.getByTestId("tier-row-gpu")).getByText("Waits for you to fail back")).toBeVisible();
  expect(within(screen.getByTestId("tier-row-gpu-2")).getByText("Draining")).toBeVisible();
  expect(screen.getByTestId("failback-practice")).toBeVisible();
});

it("explains a recent request: each tier's word, each try and what followed", async () => {
  const user = userEvent.setup();
  renderWithHost(<ChainsScreen />);
  await user.click(await screen.findByTestId("requests-toggle"));
  await user.click(await screen.findByTestId("request-row"));
  const explained = await screen.findByTestId("request-explained");
  expect(within(explained).getByText("connection refused by 127.0.0.1:41877")).toBeVisible();
  expect(within(explained).getByText("the next tier is asked; counts against the server")).toBeVisible();
  expect(within(explained).getByText("draining")).toBeVisible();
});

/** The practice chain with two servers behind its first tier. */
function twoServers() {
  const live = overview("full");
  const tier = live.chains[0]?.tiers[0];
  const first = tier?.replicas[0];
  if (!tier || !first) throw new Error("no fixture");
  tier.replicas.push({
    ...first,
    id: "practice/gpu@http://gpu2:8000",
    url: "http://gpu2:8000",
    in_flight: 3,
  });
  return live;
}

it("takes a single server out of service and back, with a reason, and leaves its tier alone", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />, { overview: twoServers });
  const row = await screen.findByTestId("replica-http://gpu2:8000");
  await user.click(within(row).getByRole("button", { name: "Orders for http://gpu2:8000" }));
  await user.click(await screen.findByText("Disable"));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveAccessibleName(/ gpu2:8000/);
  expect(within(dialog).getByText(/3 running now/)).toBeVisible();
  await user.type(within(dialog).getByTestId("order-why"), "fan noise");
  await user.click(within(dialog).getByTestId("order-give"));
  const asked = () => host.asked.filter(({ name }) => name === "order.switch").map(({ request }) => request);
  const place = { chain: "practice", tier: "gpu", replica: "practice/gpu@http://gpu2:8000" };
  await waitFor(() => expect(asked()).toEqual([{ ...place, to: "disable", why: "fan noise" }]));
  expect(await within(row).findByText("Disabled")).toBeVisible();
  // The way back stands in the row and among the orders, and is the server's alone.
  const orders = await screen.findByRole("region", { name: "Orders" });
  expect(within(orders).getByText("practice / gpu, gpu2:8000")).toBeVisible();
  await user.click(within(orders).getByRole("button", { name: "Enable" }));
  await user.click(within(await screen.findByRole("dialog")).getByTestId("order-give"));
  await waitFor(() => expect(asked()[1]).toEqual({ ...place, to: "enable", why: "" }));
});

it("plans a maintenance window that begins later", async () => {
  const user = userEvent.setup();
  const { host } = renderWithHost(<ChainsScreen />);
  await user.click(await screen.findByTestId("tier-orders-cpu"));
  await user.click(await screen.findByText("Maintenance"));
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).getByTestId("order-give")).toHaveTextContent("Begin maintenance");
  fireEvent.change(within(dialog).getByLabelText("From (empty: now)"), {
    target: { value: "2100-01-01T03:00" },
  });
  expect(within(dialog).getByTestId("order-give")).toHaveTextContent("Plan maintenance");
  await user.click(within(dialog).getByTestId("order-give"));
  const from_ms = new Date(2100, 0, 1, 3).getTime();
  await waitFor(() =>
    expect(host.asked.find(({ name }) => name === "order.maintenance")?.request).toMatchObject({
      tier: "cpu",
      from_ms,
      to_ms: from_ms + 3_600_000,
    }),
  );
});

it("asks about an order that the tray proposes, and gives it only when it is confirmed", async () => {
  const user = userEvent.setup();
  const onClose = vi.fn();
  const asked = { order: "pin", chain: "practice", tier: "gpu", length: "1h", only: true } as const;
  const { host } = renderWithHost(<AskedOrder asked={asked} onClose={onClose} />);
  const dialog = await screen.findByRole("dialog", { name: "Pin gpu in practice?" });
  expect(host.asked.some(({ name }) => name === "order.pin")).toBe(false);
  await user.click(within(dialog).getByTestId("order-give"));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(host.asked.find(({ name }) => name === "order.pin")?.request).toMatchObject({
    tier: "gpu",
    only: true,
    for_ms: 3_600_000,
  });
});

it("reads the places that the tray's menu opens", () => {
  const place = "?order=pin&chain=%2242%22&tier=gpu%201&length=15m&only=true";
  const asked = { order: "pin", chain: "42", tier: "gpu 1", length: "15m", only: true };
  expect(chainsSearch.parse(defaultParseSearch(place))).toEqual(asked);
});
