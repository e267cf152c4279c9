/** What a report's figures look like in charts and words. */
import type { Bar } from "@/components/chart/bars";
import type { Recovery, Report } from "@/contract";
import { type Decimals, percent } from "@/lib/format";

/** The parts of a recovery, from the bottom of a bar up. */
export const PARTS = ["detect", "assess", "fail_over", "restore"] as const;

/** Which parts a chart shows: those held against the target, or all. */
export type Extent = "service" | "whole";

/** From this many incidents on a mean says more than its single values. */
export const ENOUGH_FOR_MEANS = 20;

/** The most bars that can be told apart. */
export const MOST_BARS = 60;

/** The newest recoveries as bars, oldest first; each is labelled by its incident. */
export function toBars(recoveries: readonly Recovery[], extent: Extent): Bar[] {
  return recoveries
    .slice(0, MOST_BARS)
    .toReversed()
    .map((recovery) => ({
      label: `#${recovery.incident.id}`,
      parts: [
        recovery.detect_ms,
        recovery.assess_ms,
        recovery.fail_over_ms,
        ...(extent === "whole" ? [recovery.restore_ms] : []),
      ],
    }));
}

/** The single values behind MTTD, MTTA and MTTR: closed incidents only, as in the means. */
export function valuesBehind(report: Report): Record<"mttd" | "mtta" | "mttr", number[]> {
  const closed = report.recoveries.filter(({ incident }) => incident.times.restored_ms !== null);
  return {
    mttd: closed.map((recovery) => recovery.detect_ms),
    mtta: closed.flatMap(({ assess_ms }) => (assess_ms === null ? [] : [assess_ms])),
    mttr: closed.flatMap(({ incident: { rto_ms } }) => (rto_ms === null ? [] : [rto_ms])),
  };
}

/** Change-overs in all. */
export function failovers(report: Report): number {
  return report.by_cause.reduce((sum, { count }) => sum + count, 0);
}

/** Whether the period holds nothing to report. */
export function holdsNothing(report: Report): boolean {
  return report.requests === 0 && report.recoveries.length === 0 && report.by_cause.length === 0;
}

/** The definition of a measure, by its name. */
export function definitionOf(report: Report, name: string): string | undefined {
  return report.definitions.find((definition) => definition.name === name)?.formula;
}

/** A share of so many requests as percent; never rounded up to 100. */
export function share(value: number | null, requests: number): string {
  const decimals = decimalsFor(requests);
  const step = 10 ** (decimals + 2);
  // What binary fractions lose must not take a digit.
  return percent(value === null ? null : Math.floor(value * step + 1e-6) / step, decimals);
}

/** Decimals that a percentage of so many requests can carry without pretending. */
function decimalsFor(requests: number): Decimals {
  if (requests >= 100_000) return 3;
  return requests >= 1_000 ? 2 : 1;
}
