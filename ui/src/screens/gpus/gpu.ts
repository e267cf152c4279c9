/** What a GPU's sample means, apart from how it is drawn. */
import type { TFunction } from "i18next";
import type { GpuView, Series } from "@/contract";
import { type Decimals, figure } from "@/lib/format";

/** How often the screen asks for a sample, milliseconds. */
export const POLL_MS = 2_000;

/** Two polls and the second between two samples: what is older is shown as old. */
export const OLD_AFTER_MS = 2 * POLL_MS + 1_000;

/** In how far a GPU can be relied on. */
export type GpuStatus = "well" | "attention" | "out" | "old";

/** An old sample says nothing; else the worst finding decides. */
export function statusOf(gpu: GpuView, old: boolean): GpuStatus {
  if (old) return "old";
  if (gpu.findings.some((finding) => finding.fatal)) return "out";
  return gpu.findings.length > 0 ? "attention" : "well";
}

/** Used over total as 0 to 1; `null` when either is not measured. */
export function share(used: number | null, total: number | null): number | null {
  if (used === null || total === null || total <= 0) return null;
  return Math.min(1, Math.max(0, used / total));
}

const MIB_PER_GIB = 1024;

/** A figure with its unit; a missing sensor is "n/a" without one. */
export const measured = (value: number | null, unit: string, decimals: Decimals = 0) =>
  value === null ? figure(null) : `${figure(value, decimals)} ${unit}`;

/** Memory in GiB, as it is spoken of. */
export const gib = (mib: number | null) => measured(mib === null ? null : mib / MIB_PER_GIB, "GiB", 1);

/** A chart of memory in GiB too. */
export function inGib(series: Series): Series {
  const large = (value: number | null) => (value === null ? null : value / MIB_PER_GIB);
  return {
    ...series,
    lines: series.lines.map((line) =>
      line.unit === "MiB" ? { ...line, unit: "GiB", values: line.values.map(large) } : line,
    ),
  };
}

/** Processes, those that hold most memory first; those whose memory is not known last. */
export function byMemory(gpu: GpuView): GpuView["processes"] {
  return gpu.processes.toSorted((a, b) => (b.memory_mib ?? -1) - (a.memory_mib ?? -1));
}

/** Memory by whose it is, MiB: that of our servers, that of others, and what is free; `null` where it is not known. */
export function split(gpu: GpuView): { ours: number | null; others: number | null; free: number | null } {
  const { memory_used_mib: used, memory_total_mib: total } = gpu;
  const servers = gpu.processes.filter((process) => process.ours);
  if (used === null || total === null || servers.length === 0)
    return { ours: null, others: null, free: null };
  if (servers.some((process) => process.memory_mib === null)) return { ours: null, others: null, free: null };
  const ours = servers.reduce((sum, process) => sum + (process.memory_mib ?? 0), 0);
  return { ours, others: Math.max(0, used - ours), free: Math.max(0, total - used) };
}

/** What a GPU is called: its number, behind its machine where that is another. */
export const nameOf = ({ host, index }: GpuView, t: TFunction<"gpus">) =>
  host === null ? t("gpu", { index }) : t("gpu_on", { host, index });

/** From so many on, cards alone are no overview. */
export const MANY = 5;
