import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, it, vi } from "vitest";
import type { Overview, UiEvent } from "@/contract";
import type { Host } from "@/host";
import { overview } from "@/host/fake/overview";
import { apply, follow, noteLink, useConnection } from "./live";

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

/** Follows a host that says what the test says. */
function following() {
  let tell: ((event: UiEvent) => void) | undefined;
  const subscribe: Host["subscribe"] = (onEvent) => {
    tell = onEvent;
    return () => {
      tell = undefined;
    };
  };
  const stop = follow({ subscribe } as Host, client);
  return { listening: () => tell !== undefined, tell: (event: UiEvent) => tell?.(event), stop };
}

const drawn = () => client.getQueryData<Overview>(["overview", null])?.revision;

it("draws the live state once a second at most, and the newest in the end", () => {
  vi.useFakeTimers();
  const { tell, stop } = following();
  const live = (revision: number) => tell({ type: "live", overview: { ...overview("full", 5), revision } });
  live(1);
  expect(drawn()).toBe(1);
  live(2);
  live(3);
  vi.advanceTimersByTime(900);
  expect(drawn()).toBe(1);
  live(4);
  vi.advanceTimersByTime(200);
  expect(drawn()).toBe(4);
  stop();
  vi.useRealTimers();
});

it("draws at once what follows a change of something else than figures", () => {
  vi.useFakeTimers();
  const { tell, stop } = following();
  const live = (revision: number) => tell({ type: "live", overview: { ...overview("full", 5), revision } });
  live(1);
  live(2);
  tell({ type: "changed", topics: ["change_overs"] });
  live(3);
  expect(drawn()).toBe(3);
  stop();
  vi.useRealTimers();
});

it("listens only while the page can be seen, and asks for all of it anew once it is shown again", () => {
  vi.useFakeTimers();
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(false);
  const turn = (away: boolean) => {
    hidden.mockReturnValue(away);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const { listening, tell, stop } = following();
  client.setQueryData(["gpus", null], {});
  const live = (revision: number) => tell({ type: "live", overview: { ...overview("full", 5), revision } });
  live(1);
  live(2);
  turn(true);
  expect(listening()).toBe(false);
  vi.advanceTimersByTime(5000);
  expect(drawn()).toBe(1);
  expect(client.getQueryState(["gpus", null])?.isInvalidated).toBe(false);

  turn(false);
  expect(listening()).toBe(true);
  expect(client.getQueryState(["gpus", null])?.isInvalidated).toBe(true);
  live(3);
  expect(drawn()).toBe(3);
  stop();
  expect(listening()).toBe(false);
  vi.useRealTimers();
});
