import type {
  ChainView,
  Check,
  Discovery,
  FiguresView,
  Overview,
  PortSeen,
  ReplicaView,
  Series,
  SeriesRequest,
  TierView,
} from "@/contract";
import type { Answers, FakeState } from "./index";
import { playgroundAnswers } from "./playground";

const MINUTE = 60_000;

export function checks(now: number, failing = 0): Check[] {
  return Array.from({ length: 90 }, (_, i) => {
    const ok = i < 90 - failing && i % 37 !== 20;
    return {
      at_ms: now - (90 - i) * 10_000,
      ok,
      took_ms: 4 + (i % 7),
      error: ok ? null : "connection refused",
    };
  });
}

/** Figures over a span; those of the last 15 minutes unless told otherwise. */
export function figures(
  over: { requests?: number; failures?: number } = {},
  span_ms = 15 * MINUTE,
): FiguresView {
  const requests = over.requests ?? 0;
  const failed = over.failures ?? 0;
  const measured = requests > 0;
  const around = (p50_ms: number) => (measured ? { p50_ms, p95_ms: p50_ms * 2.5, p99_ms: p50_ms * 4 } : null);
  return {
    span_ms,
    requests,
    failed,
    rate_limited: 0,
    partial: failed > 0 ? 1 : 0,
    first_token: around(84),
    total: around(1_900),
    inter_token: around(11),
    tokens_per_second: measured ? 88.4 : null,
    errors: failed > 0 ? [{ cause: "refused", count: failed }] : [],
  };
}

export function replica(now: number, over: Partial<ReplicaView> = {}): ReplicaView {
  return {
    id: "r1",
    url: "http://gpu1:8000",
    health: "healthy",
    since_ms: now - 42 * MINUTE,
    breaker: "closed",
    trial_at_ms: null,
    cool_down_until_ms: null,
    cool_down_reason: null,
    last_error: null,
    last_error_ms: null,
    in_flight: 0,
    requests: 0,
    failures: 0,
    first_token_p50_ms: null,
    first_token_p95_ms: null,
    checks: checks(now),
    gpus: [],
    load: null,
    figures: figures(over),
    quota: null,
    restart: null,
    check_costs: { made: 90, generations: 0, billed: 0 },
    ...over,
  };
}

export function tier(now: number, over: Partial<TierView> = {}): TierView {
  return {
    name: "gpu",
    provider: "practice",
    model: "practice-8b",
    enabled: true,
    quality_impact: "low",
    may_serve: true,
    why_not: null,
    order: null,
    waits: false,
    share: 1,
    traffic: null,
    replicas: [replica(now)],
    ...over,
  };
}

function practiceChain(now: number, fault: boolean): ChainView {
  const down = replica(now, {
    url: "practice://gpu",
    health: "down",
    since_ms: now - 11 * MINUTE,
    breaker: "open",
    trial_at_ms: now + 23_000,
    last_error: "connection refused by 127.0.0.1:41877",
    last_error_ms: now - 4_000,
    requests: 840,
    failures: 5,
    first_token_p50_ms: 84,
    first_token_p95_ms: 240,
    checks: checks(now, 14),
  });
  const up = { requests: 840, failures: 2, in_flight: 3, first_token_p50_ms: 84, first_token_p95_ms: 210 };
  return {
    name: "practice",
    aliases: ["gpt-4o", "*"],
    simulated: true,
    mode: fault ? "degraded" : "full",
    score: fault ? 0.9 : 1,
    serving: fault ? "gpu-2" : "gpu",
    since_ms: now - 11 * MINUTE,
    incident: fault ? "12" : null,
    armed: true,
    not_armed: null,
    manual_failback: false,
    pin: null,
    tiers: [
      fault
        ? tier(now, { may_serve: false, why_not: "breaker open", share: 0, traffic: 0, replicas: [down] })
        : tier(now, { traffic: 1, replicas: [replica(now, { url: "practice://gpu", ...up })] }),
      tier(now, {
        name: "gpu-2",
        traffic: fault ? 1 : 0,
        replicas: [replica(now, { url: "practice://gpu-2", ...(fault ? up : { requests: 0 }) })],
      }),
      tier(now, {
        name: "cpu",
        model: "practice-1b",
        quality_impact: "medium",
        traffic: 0,
        replicas: [replica(now, { url: "practice://cpu", health: "degraded" })],
      }),
    ],
  };
}

export function overview(state: FakeState, now = Date.now()): Overview {
  const fault = state === "fault";
  const sentences: Record<FakeState, string> = {
    empty: "No chain is set up yet, so every request is answered with an error. Add your first chain.",
    full: "Answering from tier 1, gpu (Simulated), since 13:52 (11 min).",
    fault:
      "Answering from tier 2, gpu-2 (Simulated), since 14:03 (11 min). Tier 1, gpu, is down: connection refused.",
  };
  return {
    at_ms: now,
    sentence: sentences[state],
    chain: state === "empty" ? null : "practice",
    endpoint: { listening: true, base_url: "http://127.0.0.1:4747/v1", problem: null, needs_key: false },
    problems: [],
    revision: 7,
    chains: state === "empty" ? [] : [practiceChain(now, fault)],
    open_incidents: fault ? 1 : 0,
    recent: state === "empty" ? [] : recent(now),
    week:
      state === "empty"
        ? []
        : [
            {
              simulated: false,
              requests: 18_240,
              availability: 0.9998,
              first_tier_alone: 0.9712,
              failovers: 4,
              worst_rto_ms: 2_300,
            },
            {
              simulated: true,
              requests: 640,
              availability: 1,
              first_tier_alone: 0.92,
              failovers: 3,
              worst_rto_ms: 640,
            },
          ],
    faults_injected: fault ? ["gpu"] : [],
  };
}

function recent(now: number): Overview["recent"] {
  const base = { chain: "practice", simulated: true, incident: "12", waited_ms: 12 };
  return [
    {
      ...base,
      id: "903",
      at_ms: now - 11 * MINUTE,
      direction: "over",
      from: "gpu",
      to: "gpu-2",
      trigger: "refused",
      error: "connection refused by 127.0.0.1:41877",
      advice: "Start the server on gpu again, or check its address.",
    },
    {
      ...base,
      id: "871",
      at_ms: now - 95 * MINUTE,
      direction: "back",
      from: "gpu-2",
      to: "gpu",
      trigger: "recovered",
      error: "",
      advice: "",
      incident: "11",
      waited_ms: null,
    },
    {
      ...base,
      id: "866",
      at_ms: now - 103 * MINUTE,
      direction: "over",
      from: "gpu",
      to: "gpu-2",
      trigger: "first_token_timeout",
      error: "no first token within 15 s",
      advice: "Look at the load of gpu, or raise timeouts.first_token.",
      incident: "11",
      waited_ms: 15_004,
    },
  ];
}

/** Two servers, one that asks for a key, and silence elsewhere; nothing at all when empty. */
export function discovery(state: FakeState): Discovery {
  const found: Partial<Record<number, Partial<PortSeen>>> =
    state === "empty"
      ? {}
      : {
          8000: { found: "server", provider: "vllm", models: ["Qwen/Qwen3-14B"] },
          8080: { found: "locked", provider: "llama.cpp" },
          11434: { found: "server", provider: "ollama", models: ["nomic-embed-text", "llama3.1:8b"] },
        };
  const usual = {
    8000: "vllm",
    30000: "sglang",
    1234: "lmstudio",
    8080: "llama.cpp",
    11434: "ollama",
  } as const;
  const ports = ([8000, 30_000, 1234, 8080, 11_434] as const).map((port) => ({
    port,
    usual: usual[port],
    found: "nobody" as const,
    url: `http://127.0.0.1:${port}`,
    provider: null,
    models: [],
    ...found[port],
  }));
  return { ports, took_ms: 31 };
}

const LINES: Record<string, { unit: string; names: string[]; level: number }> = {
  requests: { unit: "/s", names: ["gpu", "gpu-2", "cpu"], level: 4 },
  errors: { unit: "/s", names: ["refused"], level: 0.4 },
  first_token: { unit: "ms", names: ["p50", "p95"], level: 120 },
  tokens: { unit: "/s", names: ["gpu", "gpu-2", "cpu"], level: 240 },
};

/** A wave per line, the second one taking over at two thirds when there is a fault. */
function series(state: FakeState, { metric, range_ms, points }: SeriesRequest): Series {
  const now = Date.now();
  const at_ms = Array.from({ length: points }, (_, i) => now - range_ms + (i * range_ms) / (points - 1));
  const { unit, names, level } = LINES[metric] ?? { unit: "%", names: [metric], level: 50 };
  const perTier = names[0] === "gpu";
  const value = (i: number, line: number) => {
    const after = i > (points * 2) / 3 && state === "fault";
    const share = perTier ? (line === (after ? 1 : 0) ? 1 : 0) : line + 1;
    return state === "empty" ? null : share * level * (1 + 0.25 * Math.sin(i / 9 + line));
  };
  return {
    at_ms,
    lines: names.map((name, line) => ({ name, unit, values: at_ms.map((_, i) => value(i, line)) })),
    marks: state === "fault" ? [{ at_ms: now - range_ms / 3, label: "gpu → gpu-2" }] : [],
  };
}

export function overviewAnswers(state: FakeState): Answers {
  return {
    overview: () => overview(state),
    practice: () => ({
      servers: [
        {
          name: "gpu",
          label: "GPU",
          address: state === "fault" ? null : "127.0.0.1:41877",
          failing: state === "fault",
        },
        { name: "gpu-2", label: "second GPU", address: "127.0.0.1:41879", failing: false },
        { name: "cpu", label: "CPU", address: "127.0.0.1:41881", failing: false },
      ],
    }),
    "practice.set": ({ name, failing }) => ({ servers: [{ name, label: name, address: null, failing }] }),
    "chain.try": () => ({
      ok: true,
      status: 200,
      tier: state === "fault" ? "gpu-2" : "gpu",
      attempts: 1,
      text: "This is a simulated answer.",
      took_ms: 92,
    }),
    discover: () => discovery(state),
    ...playgroundAnswers(),
    series: (request) => series(state, request),
    changeovers: () => recent(Date.now()),
  };
}
