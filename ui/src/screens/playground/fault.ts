/** The fault of a request as it is chosen and as it is sent. */
import type { useTranslation } from "react-i18next";
import type { Fault, Injection } from "@/contract";

export type Kind = Fault["kind"];

interface Bounds {
  field: "ms" | "status" | "retry_after_s" | "frames";
  least: number;
  most: number;
  usual: number;
}

/** Every kind with its number, as the engine checks it; null where it has none. */
export const KINDS = {
  refused: null,
  silent: null,
  slow: { field: "ms", least: 1, most: 600_000, usual: 2000 },
  status: { field: "status", least: 400, most: 599, usual: 503 },
  rate_limited: { field: "retry_after_s", least: 1, most: 3600, usual: 30 },
  cut: { field: "frames", least: 0, most: 10_000, usual: 3 },
  stalled: { field: "frames", least: 0, most: 10_000, usual: 3 },
  garbage: null,
} as const satisfies Record<Kind, Bounds | null>;

export const kinds = Object.keys(KINDS) as Kind[];

export const boundsOf = (kind: Kind): Bounds | null => KINDS[kind];

/** What is chosen in the form; its number as it was typed. */
export interface Choice {
  kind: Kind;
  /** null for the tier that is tried first. */
  tier: string | null;
  number: string;
}

export const usualNumber = (kind: Kind): string => String(boundsOf(kind)?.usual ?? "");

/** The fault to send; undefined where its number is none, or out of bounds. */
export function readFault({ kind, tier, number }: Choice): Injection | undefined {
  const bounds = boundsOf(kind);
  const n = Number(number.trim());
  if (bounds && !(/^\d{1,6}$/.test(number.trim()) && n >= bounds.least && n <= bounds.most)) return undefined;
  switch (kind) {
    case "slow":
      return { tier, kind, ms: n };
    case "status":
      return { tier, kind, status: n };
    case "rate_limited":
      return { tier, kind, retry_after_s: n };
    case "cut":
    case "stalled":
      return { tier, kind, frames: n };
    default:
      return { tier, kind };
  }
}

type Say = ReturnType<typeof useTranslation<"playground">>["t"];

/** A fault in a few words. */
export function faultWords(t: Say, fault: Fault): string {
  switch (fault.kind) {
    case "slow":
      return t("fault.words.slow", { n: fault.ms });
    case "status":
      return t("fault.words.status", { n: fault.status });
    case "rate_limited":
      return t("fault.words.rate_limited", { n: fault.retry_after_s });
    case "cut":
    case "stalled":
      return t(`fault.words.${fault.kind}`, { n: fault.frames });
    default:
      return t(`fault.words.${fault.kind}`);
  }
}
