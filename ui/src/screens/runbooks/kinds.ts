/** The kinds of incident that a runbook can be for, as the configuration names them. */
export const KINDS = [
  "outage",
  "rate_limit",
  "degradation",
  "model",
  "gpu",
  "credential",
  "quality",
  "cost",
  "safety",
  "all_down",
] as const;
