/** The kinds of incident, as the configuration names them. */
export const INCIDENT_KINDS = [
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
