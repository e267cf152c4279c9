import type { Chain, ConfigPage, Document, Tier } from "@/contract";
import type { Answers, FakeState } from "./index";

export function tierOf(over: Partial<Tier> = {}): Tier {
  return {
    name: "gpu",
    provider: "practice",
    url: "practice://gpu",
    model: "practice-8b",
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
    triggers: {
      rate_limited: true,
      gpu: true,
      provider_down: true,
      context_too_long: true,
      quality: false,
      over_budget: true,
    },
    degrade: {},
    quality_impact: "low",
    ...over,
  };
}

export function chainOf(over: Partial<Chain> = {}): Chain {
  return {
    name: "practice",
    aliases: ["gpt-4o", "*"],
    deadline: "2m",
    on_broken_stream: "stop",
    on_rate_limit: { wait_up_to: "0s" },
    hedge: { enabled: false, after: "5s" },
    mark_body: false,
    failback: { mode: "auto", hold: "5s", ramp: "10s" },
    tiers: [
      tierOf(),
      tierOf({ name: "gpu-2", url: "practice://gpu-2" }),
      tierOf({ name: "cpu", url: "practice://cpu", model: "practice-1b", quality_impact: "medium" }),
    ],
    emergency: { cache: { enabled: false, similar: 0.9 }, rules: [], queue: { enabled: false } },
    ...over,
  };
}

export function documentOf(chains: Chain[]): Document {
  return {
    version: 1,
    endpoint: { listen: "127.0.0.1:4747", admin: "127.0.0.1:4748", client_keys: [] },
    chains,
    alerts: {
      desktop: true,
      desktop_events: ["p0", "p1", "p2", "p3", "worse", "reminder", "over", "practice"],
      hold: "5m",
      remind: "0s",
      most_per_hour: 30,
      quiet_hours: null,
      link: null,
      email: [],
      webhooks: [],
    },
    targets: {
      availability: 0.999,
      routing_rto: "30s",
      serving_rto: "5m",
      history_rto: "5m",
      history_rpo: "1m",
      preferences_rto: "15m",
      preferences_rpo: "5m",
      cost_spike: 3,
      cost_floor: 1,
    },
    runbooks: [],
  };
}

export function configAnswers(state: FakeState): Answers {
  const page: ConfigPage = {
    revision: 7,
    document: documentOf(state === "empty" ? [] : [chainOf()]),
    warnings: [],
    file: null,
    file_problems: [],
  };
  const applied = () => ({ revision: page.revision, previous: page.revision - 1, warnings: [] });
  return {
    "config.get": () => structuredClone(page),
    "config.check": () => [],
    "config.apply": ({ document }) => {
      page.document = document;
      page.revision += 1;
      return applied();
    },
    "chains.reorder": ({ chain, tiers }) => {
      const found = page.document.chains.find((candidate) => candidate.name === chain);
      found?.tiers.sort((a, b) => tiers.indexOf(a.name) - tiers.indexOf(b.name));
      page.revision += 1;
      return applied();
    },
    "config.restore": () => {
      page.revision += 1;
      return applied();
    },
    "config.revisions": () =>
      Array.from({ length: 4 }, (_, i) => ({
        revision: page.revision - i,
        at_ms: Date.now() - i * 7_200_000 - 60_000,
        author: "screens",
        note:
          ["Moved cpu above gpu-2", "Changed the model of gpu", "Added tier cpu", "Practice chain"][i] ?? "",
      })),
    "config.export": () => ({ filename: "changeover.yaml", mime: "application/yaml", text: "version: 1\n" }),
    keys: () => ({
      store: "Secret Service (gnome-keyring)",
      problem: null,
      remedy: null,
      missing: [],
      keys: [
        {
          name: "openai-prod",
          last_four: "x7Qd",
          created_ms: Date.now() - 8_000_000,
          used_by: [],
          present: true,
        },
      ],
    }),
    "tier.models": () => ["meta-llama/Meta-Llama-3.1-8B-Instruct", "Qwen/Qwen3-14B"],
    "tier.test": () => ({
      ok: true,
      status: 200,
      tier: null,
      attempts: 1,
      text: "Hello! How can I help?",
      took_ms: 412,
    }),
  };
}
