import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import { renderWithHost } from "@/test/render";
import { AlertsSection } from "./AlertsSection";

// Base UI's switch clicks with pointer events, which jsdom does not have.
beforeAll(() => {
  Object.defineProperty(document.defaultView, "PointerEvent", { value: MouseEvent, configurable: true });
});

const applied = (host: { asked: { name: string; request: unknown }[] }) =>
  host.asked.find(({ name }) => name === "config.apply")?.request;

it("says how a test notification fared, and why it failed", async () => {
  renderWithHost(<AlertsSection />, {
    alerts: () => [],
    "alert.test": () => ({
      id: "1",
      at_ms: 0,
      channel: "desktop",
      title: "",
      body: "",
      event: "test",
      incident: null,
      outcome: "failed",
      reason: "No notification service is running.",
    }),
  });
  await userEvent.click(await screen.findByTestId("alert-test"));
  const outcome = await screen.findByTestId("alert-outcome");
  expect(outcome).toHaveTextContent("Failed");
  expect(outcome).toHaveTextContent("No notification service is running.");
});

it("switches desktop notifications by a revision made from the one in force", async () => {
  const { host } = renderWithHost(<AlertsSection />, { alerts: () => [] });
  const toggle = await screen.findByRole("switch", { name: "Desktop notifications" });
  await waitFor(() => expect(toggle).toBeChecked());
  await userEvent.click(toggle);
  await waitFor(() => expect(toggle).not.toBeChecked());
  expect(applied(host)).toMatchObject({ expected_revision: 7, document: { alerts: { desktop: false } } });
});

it("switches one event of one channel and leaves the others alone", async () => {
  const { host } = renderWithHost(<AlertsSection />, { alerts: () => [] });
  await userEvent.click(await screen.findByRole("checkbox", { name: "desktop tells: P3" }));
  await waitFor(() => expect(applied(host)).toBeDefined());
  const events = ["p0", "p1", "p2", "worse", "reminder", "over", "practice"];
  expect(applied(host)).toMatchObject({ document: { alerts: { desktop: true, desktop_events: events } } });
});

it("saves a new webhook with what was filled in", async () => {
  const { host } = renderWithHost(<AlertsSection />, { alerts: () => [] });
  const add = await screen.findByRole("button", { name: "Add webhook" });
  await waitFor(() => expect(add).toBeEnabled());
  await userEvent.click(add);
  await userEvent.type(await screen.findByLabelText("Name"), "on-call");
  await userEvent.type(screen.getByLabelText("Address"), "keyring:slack-url");
  await userEvent.click(screen.getByRole("button", { name: "Save channel" }));
  await waitFor(() => expect(applied(host)).toBeDefined());
  expect(applied(host)).toMatchObject({
    document: { alerts: { webhooks: [{ name: "on-call", shape: "slack", url: "keyring:slack-url" }] } },
  });
});
