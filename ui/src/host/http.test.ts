import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { UiEvent } from "@/contract";
import type { Link } from "./host";
import { httpHost } from "./http";

const fetchMock = vi.fn<typeof fetch>();

beforeEach(() => vi.stubGlobal("fetch", fetchMock));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  fetchMock.mockReset();
});

const host = () => httpHost("", () => "secret");
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

describe("rpc", () => {
  it("posts the request with the token and returns the answer", async () => {
    fetchMock.mockResolvedValue(json({ servers: [] }));
    await expect(host().rpc("practice.set", { name: "gpu", failing: true })).resolves.toEqual({
      servers: [],
    });
    const [address, init] = fetchMock.mock.calls[0] ?? [];
    expect(address).toBe("/rpc/practice.set");
    expect(init).toMatchObject({ method: "POST", body: '{"name":"gpu","failing":true}' });
    expect(init?.headers).toMatchObject({ authorization: "Bearer secret" });
  });

  it("sends null for a command without a request", async () => {
    fetchMock.mockResolvedValue(json({}));
    await host().rpc("about", null);
    expect(fetchMock.mock.calls[0]?.[1]?.body).toBe("null");
  });

  it("passes the engine's error on", async () => {
    const error = { code: "conflict", message: "Revision 8 is in force.", remedy: "Reload.", problems: [] };
    fetchMock.mockResolvedValue(json(error, 409));
    await expect(host().rpc("about", null)).rejects.toMatchObject({ ...error, name: "HostError" });
  });

  it("says so when the token is refused", async () => {
    fetchMock.mockResolvedValue(new Response("", { status: 401 }));
    await expect(host().rpc("about", null)).rejects.toMatchObject({ code: "unauthorised" });
  });

  it("does not take another program's page for an answer", async () => {
    fetchMock.mockResolvedValue(new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    await expect(host().rpc("about", null)).rejects.toMatchObject({
      code: "failed",
      message: "The server answered 502 Bad Gateway",
    });
  });

  it("says how to go on when nobody answers", async () => {
    fetchMock.mockRejectedValue(new TypeError("Failed to fetch"));
    await expect(host().rpc("about", null)).rejects.toMatchObject({
      code: "unavailable",
      remedy: expect.stringContaining("changeoverd serve"),
    });
  });
});

const changed = (topic: string) => `data: {"type":"changed","topics":["${topic}"]}\n\n`;

function stream(...chunks: string[]) {
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  return new Response(body, { status: 200 });
}

describe("subscribe", () => {
  it("reads events split anywhere, reports the break, and comes back by itself", async () => {
    vi.useFakeTimers();
    const whole = changed("config") + changed("gpus");
    fetchMock
      .mockResolvedValueOnce(stream(whole.slice(0, 17), whole.slice(17)))
      .mockResolvedValueOnce(stream(changed("keys")))
      .mockReturnValue(new Promise(() => {}));
    const events: UiEvent[] = [];
    const links: Link[] = [];
    const stop = host().subscribe(
      (event) => events.push(event),
      (link) => links.push(link),
    );
    await vi.waitFor(() => expect(links).toEqual(["connecting", "live", "lost"]));
    expect(events).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(500);
    await vi.waitFor(() => expect(links).toEqual(["connecting", "live", "lost", "live", "lost"]));
    expect(events.at(-1)).toEqual({ type: "changed", topics: ["keys"] });
    stop();
  });

  it("waits longer after each attempt that brought nothing", async () => {
    vi.useFakeTimers();
    fetchMock.mockRejectedValue(new TypeError("Failed to fetch"));
    const stop = host().subscribe(
      () => {},
      () => {},
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(fetchMock).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(fetchMock).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1999);
    expect(fetchMock).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(fetchMock).toHaveBeenCalledTimes(3);
    stop();
  });

  it("stops for good when the token is refused", async () => {
    vi.useFakeTimers();
    fetchMock.mockResolvedValue(new Response("", { status: 401 }));
    const links: Link[] = [];
    host().subscribe(
      () => {},
      (link) => links.push(link),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(links).toEqual(["connecting", "unauthorised"]);
    expect(fetchMock).toHaveBeenCalledTimes(1);
  });
});
