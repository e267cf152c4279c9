/** A tier's triggers as the rows of their matrix, and back. */
import { z } from "zod";
import type { QualityImpact, TriggerImpact, Triggers } from "@/contract";
import { parseSpan } from "./span";

/** Triggers with a threshold: on where one is written. */
export const THRESHOLDS = ["first_token_above", "total_above"] as const;
/** Triggers with a switch. What nothing finds in this version (quality, budget) has no row. */
export const SWITCHES = ["rate_limited", "gpu", "provider_down", "context_too_long"] as const;
export const ROWS = [...THRESHOLDS, ...SWITCHES] as const;
/** As the tier says that answers instead, or the operator's own estimate. */
export const IMPACTS = ["next", "low", "medium", "high"] as const;

export type Row = (typeof ROWS)[number];

const threshold = z
  .string()
  .trim()
  .refine((text) => text === "" || parseSpan(text) !== null, "span");
const impact = z.enum(IMPACTS);

export const triggersSchema = z.object({
  first_token_above: threshold,
  total_above: threshold,
  rate_limited: z.boolean(),
  gpu: z.boolean(),
  provider_down: z.boolean(),
  context_too_long: z.boolean(),
  impact: z.object({
    first_token_above: impact,
    total_above: impact,
    rate_limited: impact,
    gpu: impact,
    provider_down: impact,
    context_too_long: impact,
  }),
});

type Values = z.infer<typeof triggersSchema>;

export function triggerValues(triggers: Triggers): Values {
  const said = triggers.impact ?? {};
  const { rate_limited, gpu, provider_down, context_too_long } = triggers;
  return {
    first_token_above: triggers.first_token_above ?? "",
    total_above: triggers.total_above ?? "",
    rate_limited,
    gpu,
    provider_down,
    context_too_long,
    impact: Object.fromEntries(ROWS.map((row) => [row, said[row] ?? "next"])) as Values["impact"],
  };
}

/** The triggers that the rows describe; those without a row are taken from `base`. */
export function triggersOf(values: Values, base: Triggers): Triggers {
  const { first_token_above: _first, total_above: _total, impact: said, ...rest } = base;
  const { quality, over_budget } = said ?? {};
  const impact: TriggerImpact = {
    ...(quality ? { quality } : {}),
    ...(over_budget ? { over_budget } : {}),
  };
  for (const row of ROWS) {
    if (values.impact[row] !== "next") impact[row] = values.impact[row] as QualityImpact;
  }
  const { first_token_above, total_above } = values;
  return {
    ...rest,
    ...(first_token_above ? { first_token_above } : {}),
    ...(total_above ? { total_above } : {}),
    rate_limited: values.rate_limited,
    gpu: values.gpu,
    provider_down: values.provider_down,
    context_too_long: values.context_too_long,
    ...(Object.keys(impact).length > 0 ? { impact } : {}),
  };
}
