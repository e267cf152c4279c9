import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, it } from "vitest";
import { renderWithHost } from "@/test/render";
import { AlertsSection } from "./AlertsSection";

// Base UI's switch clicks with pointer events, which jsdom does not have.
beforeAll(() => {
  Object.defineProperty(document.defaultView, "PointerEvent", { value: MouseEvent, configurable: true });
});

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
  await userEvent.click(screen.getByTestId("alert-test"));
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
  const applied = host.asked.find(({ name }) => name === "config.apply");
  expect(applied?.request).toMatchObject({ expected_revision: 7, document: { alerts: { desktop: false } } });
});
