import { expect, it } from "vitest";
import type { PortSeen } from "@/contract";
import { chainOf, documentOf, tierOf } from "@/host/fake/config";
import { chainWith, firstModel, placeFor, readPorts, tiersFor, usable, withProposal } from "./proposal";

const port = (over: Partial<PortSeen>): PortSeen => ({
  port: 8000,
  usual: "vllm",
  found: "server",
  url: "http://127.0.0.1:8000",
  provider: "vllm",
  models: ["llama"],
  ...over,
});

it("takes servers with models and nothing else", () => {
  const seen = [
    port({}),
    port({ found: "locked" }),
    port({ found: "nobody", provider: null }),
    port({ models: [] }),
  ];
  expect(usable(seen)).toEqual([seen[0]]);
});

it("passes over models that cannot chat, unless there is no other", () => {
  expect(firstModel(["nomic-embed-text", "llama3.1:8b"])).toBe("llama3.1:8b");
  expect(firstModel(["nomic-embed-text"])).toBe("nomic-embed-text");
});

it("makes servers of one kind with one model replicas of one tier", () => {
  const tiers = tiersFor([
    { url: "http://127.0.0.1:8000", provider: "vllm", model: "llama" },
    { url: "http://127.0.0.1:8001", provider: "vllm", model: "llama" },
    { url: "http://127.0.0.1:8002", provider: "vllm", model: "qwen" },
    { url: "http://127.0.0.1:8080", provider: "llama.cpp", model: "llama" },
  ]);
  expect(tiers.map(({ name, url, replicas }) => [name, url, replicas?.length])).toEqual([
    ["vllm", undefined, 2],
    ["vllm-2", "http://127.0.0.1:8002", undefined],
    ["llama-cpp", "http://127.0.0.1:8080", undefined],
  ]);
});

it("takes the name for any model over from a simulated chain, and from no other", () => {
  const simulated = documentOf([chainOf({ aliases: ["*"] })]);
  const tiers = tiersFor([{ url: "http://127.0.0.1:8000", provider: "vllm", model: "llama" }]);
  const after = withProposal(simulated, tiers);
  expect(after.chains.map(({ name, aliases }) => [name, aliases])).toEqual([
    ["chat", ["*"]],
    ["practice", []],
  ]);
  const real = documentOf([chainOf({ name: "chat", aliases: ["*"], tiers: [tierOf({ provider: "vllm" })] })]);
  expect(placeFor(real)).toEqual({ name: "chat-2", any: false });
  expect(withProposal(real, tiers).chains[1]?.aliases).toEqual(["*"]);
});

it("reads port numbers and nothing else", () => {
  expect(readPorts("9000, 9001 9002")).toEqual([9000, 9001, 9002]);
  for (const bad of ["", "x", "0", "65536", "1.5", Array(17).fill("1").join(",")])
    expect(readPorts(bad)).toBeNull();
});

it("knows a server that has its place in a chain, however its address is written", () => {
  const chat = chainOf({
    name: "chat",
    tiers: [
      tierOf({ name: "vllm", provider: "vllm", url: "http://localhost:8000/v1/" }),
      tierOf({ name: "two", url: undefined, replicas: [{ url: "http://127.0.0.1:8080" }] }),
    ],
  });
  const document = documentOf([chainOf(), chat]);
  expect(chainWith(document, "http://127.0.0.1:8000")).toBe("chat");
  expect(chainWith(document, "http://127.0.0.1:8080")).toBe("chat");
  expect(chainWith(document, "http://127.0.0.1:80")).toBeNull();
});
