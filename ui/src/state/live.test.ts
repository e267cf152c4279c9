import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, it, vi } from "vitest";
import { overview } from "@/host/fake/overview";
import { apply, noteLink, useConnection } from "./live";

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  useConnection.setState({ link: "connecting", lostAt: null, heardAt: null });
});

it("replaces the overview with each live event", () => {
  const state = overview("fault", 5);
  apply({ type: "live", overview: state }, client);
  expect(client.getQueryData(["overview", null])).toEqual(state);
  expect(useConnection.getState().heardAt).not.toBeNull();
});

it("makes stale what a topic touches, and nothing else", () => {
  client.setQueryData(["config.get", null], {});
  client.setQueryData(["gpus", null], {});
  apply({ type: "changed", topics: ["config"] }, client);
  expect(client.getQueryState(["config.get", null])?.isInvalidated).toBe(true);
  expect(client.getQueryState(["gpus", null])?.isInvalidated).toBe(false);
});

it("remembers the first moment of a break, and asks for everything again after it", () => {
  const clock = vi.spyOn(Date, "now").mockReturnValue(100);
  client.setQueryData(["gpus", null], {});
  noteLink("live", client);
  expect(client.getQueryState(["gpus", null])?.isInvalidated).toBe(false);
  noteLink("lost", client);
  clock.mockReturnValue(200);
  noteLink("lost", client);
  expect(useConnection.getState().lostAt).toBe(100);
  noteLink("live", client);
  expect(useConnection.getState().lostAt).toBeNull();
  expect(client.getQueryState(["gpus", null])?.isInvalidated).toBe(true);
});
