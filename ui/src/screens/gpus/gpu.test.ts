import { describe, expect, it } from "vitest";
import type { GpuView } from "@/contract";
import { gpuOf } from "@/host/fake/machine";
import { byMemory, gib, inGib, share, split, statusOf } from "./gpu";

describe("a GPU's status", () => {
  const finding = { fatal: false, what: "Hot", remedy: "Cool it" };

  it("is that of its worst finding", () => {
    expect(statusOf(gpuOf(0), false)).toBe("well");
    expect(statusOf(gpuOf(0, { findings: [finding] }), false)).toBe("attention");
    expect(statusOf(gpuOf(0, { findings: [finding, { ...finding, fatal: true }] }), false)).toBe("out");
  });

  it("says nothing when the sample is old", () => {
    expect(statusOf(gpuOf(0), true)).toBe("old");
  });
});

describe("shares", () => {
  it("need both figures and stay between 0 and 1", () => {
    expect(share(25, 100)).toBe(0.25);
    expect(share(120, 100)).toBe(1);
    expect(share(null, 100)).toBeNull();
    expect(share(5, null)).toBeNull();
    expect(share(5, 0)).toBeNull();
  });
});

it("speaks of memory in GiB alone, on cards and in charts", () => {
  expect([gib(39_800), gib(null)]).toEqual(["38.9 GiB", "n/a"]);
  const line = (unit: string) => ({ name: "GPU 0", unit, values: [2048, null] });
  const chart = inGib({ at_ms: [1, 2], lines: [line("MiB"), line("W")], marks: [] });
  expect(chart.lines.map(({ unit, values }) => [unit, ...values])).toEqual([
    ["GiB", 2, null],
    ["W", 2048, null],
  ]);
});

it("puts the largest process first and the unknown last", () => {
  const pids = byMemory(gpuOf(0)).map(({ pid }) => pid);
  expect(pids).toEqual([4121, 1980, 2210]);
});

describe("whose memory it is", () => {
  const held = (memory_mib: number | null, ours: boolean) => ({ pid: 1, name: "x", memory_mib, ours });
  const of = (processes: GpuView["processes"]) =>
    split(gpuOf(0, { memory_used_mib: 50, memory_total_mib: 80, processes }));

  it("is told where our servers' share is known", () => {
    expect(of([held(30, true), held(5, false)])).toEqual({ ours: 30, others: 20, free: 30 });
  });

  it("is not guessed", () => {
    expect(of([held(5, false)]).ours).toBeNull();
    expect(of([held(null, true)]).ours).toBeNull();
  });
});
