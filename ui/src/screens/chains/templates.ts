/** First drafts of chains and tiers. Defaults are those of the contract. */
import type { Chain, Provider, Tier } from "@/contract";

const TRIGGERS: Tier["triggers"] = {
  rate_limited: true,
  gpu: true,
  provider_down: true,
  context_too_long: true,
  quality: false,
  over_budget: true,
};

export function newTier(over: Partial<Tier> & { name: string; provider: Provider }): Tier {
  return {
    model: "",
    enabled: true,
    timeouts: { connect: "2s", first_token: "15s", idle: "30s", total: "2m" },
    retry: { attempts: 1, backoff: "500ms" },
    breaker: {
      consecutive: 5,
      rate: 0.5,
      min_requests: 20,
      window: "1m",
      open: "1m",
      trials: 1,
      close_after: 2,
    },
    triggers: TRIGGERS,
    degrade: {},
    quality_impact: "low",
    ...over,
  };
}

export function newChain(name: string, tiers: Tier[], aliases: string[] = []): Chain {
  return {
    name,
    aliases,
    deadline: "2m",
    on_broken_stream: "stop",
    on_rate_limit: { wait_up_to: "0s" },
    hedge: { enabled: false, after: "5s" },
    mark_body: false,
    failback: { mode: "auto", hold: "5s", ramp: "10s" },
    tiers,
    emergency: { cache: { enabled: false, similar: 0.9 }, rules: [], queue: { enabled: false } },
  };
}

export const TEMPLATES = ["practice", "gpus", "cloud", "clouds", "blank"] as const;
export type Template = (typeof TEMPLATES)[number];

/** The tiers that a template starts with; addresses are the servers' usual ones. */
export function tiersOf(template: Template): Tier[] {
  switch (template) {
    case "practice":
      return ["gpu", "second-gpu", "cpu"].map((name) =>
        newTier({ name, provider: "practice", url: `practice://${name}`, model: `practice-${name}` }),
      );
    case "gpus":
      return [
        newTier({ name: "gpu", provider: "vllm", url: "http://127.0.0.1:8000" }),
        newTier({ name: "gpu-2", provider: "vllm", url: "http://127.0.0.1:8001" }),
        newTier({
          name: "cpu",
          provider: "ollama",
          url: "http://127.0.0.1:11434",
          quality_impact: "medium",
          // A CPU is slow: answers are kept short and plain.
          degrade: { max_tokens: 200, temperature: 0 },
        }),
      ];
    case "cloud":
      return [
        newTier({ name: "local", provider: "ollama", url: "http://127.0.0.1:11434" }),
        newTier({ name: "cloud", provider: "openai", key: "env:OPENAI_API_KEY" }),
      ];
    case "clouds":
      return [
        ...tiersOf("cloud"),
        newTier({ name: "other-cloud", provider: "anthropic", key: "env:ANTHROPIC_API_KEY" }),
      ];
    case "blank":
      return [];
  }
}
