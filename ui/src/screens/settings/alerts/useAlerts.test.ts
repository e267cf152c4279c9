import { expect, it } from "vitest";
import type { Alerts, WebhookChannel } from "@/contract";
import { documentOf } from "@/host/fake/config";
import { atFields, toggled, withChannel, without } from "./useAlerts";

const alerts: Alerts = documentOf([]).alerts;
const hook = (name: string): WebhookChannel => ({
  name,
  events: ["p0"],
  shape: "plain",
  url: "https://example.org/x",
  key: null,
  allow_private: false,
  template: null,
});

it("adds, replaces and removes a channel", () => {
  const one = withChannel(alerts, null, { kind: "webhook", channel: hook("a") });
  const two = withChannel(one, null, { kind: "webhook", channel: hook("b") });
  const renamed = withChannel(two, "a", { kind: "webhook", channel: hook("c") });
  expect(renamed.webhooks.map(({ name }) => name)).toEqual(["c", "b"]);
  expect(withChannel(renamed, "b", null).webhooks.map(({ name }) => name)).toEqual(["c"]);
});

it("switches an event of one channel, in the order of the matrix", () => {
  const with_hook = withChannel(alerts, null, { kind: "webhook", channel: hook("a") });
  const on = toggled(toggled(with_hook, "a", "over", true), "a", "p1", true);
  expect(on.webhooks[0]?.events).toEqual(["p0", "p1", "over"]);
  expect(on.desktop_events).toEqual(alerts.desktop_events);
  expect(toggled(alerts, "desktop", "practice", false).desktop_events).not.toContain("practice");
});

it("puts each problem at its field, and what has none at the foot", () => {
  const problem = (path: string, what: string, severity: "error" | "warning" = "error") => ({
    path,
    what,
    remedy: "",
    severity,
  });
  const found = [
    problem("alerts.email[1].to[0]", "a"),
    problem("alerts.email[1].to[2]", "b"),
    problem("alerts.email[1].events", "c", "warning"),
    problem("alerts.email[1].name", "d"),
    problem("alerts.email[10].name", "e"),
  ];
  const wrong = atFields(found, "alerts.email[1]", ["name", "to"]);
  expect(wrong).toEqual({ to: "A. B.", name: "D.", "": "E." });
  expect(without(wrong, ["to", "server"])).toEqual({ name: "D.", "": "E." });
});
