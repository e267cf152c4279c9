/** A tier as the fields of its form, and back. Every field is text, so that a half-written one can stand. */
import { z } from "zod";
import type { Degrade, LoadWatch, Probe, ProbeKind, Provider, QualityImpact, Tier } from "@/contract";
import { share, span, whole } from "./field-types";
import { fromReplicas, replicaSchema, toReplicas } from "./replica-values";
import { ROWS, triggersOf, triggersSchema, triggerValues } from "./trigger-values";

export const SWITCH = ["on", "off"] as const;
const switchOf = (on: boolean) => (on ? "on" : "off");

const weight = z
  .string()
  .trim()
  .refine((text) => text === "" || (Number(text) > 0 && Number(text) <= 1), "share");

const temperature = z
  .string()
  .trim()
  .refine((text) => text === "" || (Number(text) >= 0 && Number(text) <= 2), "temperature");

export const PROBE_KINDS = ["default", "http", "models", "generation", "off"] as const;

export const tierSchema = z.object({
  name: z.string().trim().min(1, "name"),
  provider: z.string(),
  replicas: z.array(replicaSchema),
  model: z.string().trim().min(1, "model"),
  key: z.string().trim(),
  quality_impact: z.enum(["low", "medium", "high"]),
  capability_weight: weight,
  triggers: triggersSchema,
  timeouts: z.object({ connect: span, first_token: span, idle: span, total: span }),
  breaker: z.object({
    consecutive: whole(1, 1000),
    rate: share,
    min_requests: whole(1, 1_000_000),
    window: span,
    open: span,
    trials: whole(1, 100),
    close_after: whole(1, 100),
  }),
  probe: z.object({
    kind: z.enum(PROBE_KINDS),
    path: z.string().trim(),
    every: span,
    timeout: span,
    slow: span,
    down_after: whole(1, 100),
    up_after: whole(1, 100),
  }),
  load: z.object({
    watch: z.enum(SWITCH),
    every: span,
    queue: whole(1, 1_000_000),
    cache: share,
    stuck_after: span,
    on_cpu: z.enum(SWITCH),
  }),
  degrade: z.object({
    max_tokens: z.union([z.literal(""), whole(1, 10_000_000)]),
    temperature: temperature,
    system_note: z.string().trim(),
    notice: z.string().trim(),
  }),
});

export type TierValues = z.infer<typeof tierSchema>;

/** What the engine takes where nothing is said: a generation is asked for more seldom, and waited for longer. */
export const PROBE_TIMES = {
  usual: { every: "10s", timeout: "5s" },
  generation: { every: "30s", timeout: "10s" },
} as const;

const PROBE: Probe = { kind: "http", every: "10s", timeout: "5s", slow: "2s", down_after: 3, up_after: 2 };

/** What the engine takes where nothing is said. */
const LOAD: LoadWatch = {
  watch: true,
  every: "5s",
  queue: 4,
  cache: 0.95,
  stuck_after: "30s",
  on_cpu: false,
};

export function toValues(tier: Tier): TierValues {
  const probe = tier.probe ?? PROBE;
  const load = tier.load ?? LOAD;
  const { breaker } = tier;
  return {
    name: tier.name,
    provider: tier.provider,
    replicas: toReplicas(tier),
    model: tier.model,
    key: tier.key ?? "",
    quality_impact: tier.quality_impact,
    capability_weight: tier.capability_weight?.toString() ?? "",
    triggers: triggerValues(tier.triggers),
    timeouts: { ...tier.timeouts },
    breaker: {
      consecutive: String(breaker.consecutive),
      rate: String(breaker.rate),
      min_requests: String(breaker.min_requests),
      window: breaker.window,
      open: breaker.open,
      trials: String(breaker.trials),
      close_after: String(breaker.close_after),
    },
    probe: {
      kind: tier.probe ? probe.kind : "default",
      path: probe.path ?? "",
      every: probe.every,
      timeout: probe.timeout,
      slow: probe.slow,
      down_after: String(probe.down_after),
      up_after: String(probe.up_after),
    },
    load: {
      watch: switchOf(load.watch),
      every: load.every,
      queue: String(load.queue),
      cache: String(load.cache),
      stuck_after: load.stuck_after,
      on_cpu: switchOf(load.on_cpu),
    },
    degrade: {
      max_tokens: tier.degrade.max_tokens?.toString() ?? "",
      temperature: tier.degrade.temperature?.toString() ?? "",
      system_note: tier.degrade.system_note ?? "",
      notice: tier.degrade.notice ?? "",
    },
  };
}

/** The tier that the fields describe; what has no field is taken from `base`. */
export function fromValues(values: TierValues, base: Tier): Tier {
  const {
    url: _url,
    replicas: _replicas,
    key: _key,
    probe: _probe,
    load: _load,
    capability_weight: _weight,
    ...rest
  } = base;
  return {
    ...rest,
    name: values.name,
    provider: values.provider as Provider,
    ...fromReplicas(values.replicas, base),
    model: values.model,
    ...(values.key ? { key: values.key } : {}),
    quality_impact: values.quality_impact as QualityImpact,
    ...(values.capability_weight ? { capability_weight: Number(values.capability_weight) } : {}),
    triggers: triggersOf(values.triggers, base.triggers),
    timeouts: { ...values.timeouts },
    breaker: {
      consecutive: Number(values.breaker.consecutive),
      rate: Number(values.breaker.rate),
      min_requests: Number(values.breaker.min_requests),
      window: values.breaker.window,
      open: values.breaker.open,
      trials: Number(values.breaker.trials),
      close_after: Number(values.breaker.close_after),
    },
    ...(values.probe.kind === "default" ? {} : { probe: probeOf(values.probe) }),
    ...loadOf(values.load, base),
    degrade: degradeOf(values.degrade),
  };
}

function degradeOf({ max_tokens, temperature, system_note, notice }: TierValues["degrade"]): Degrade {
  return {
    ...(max_tokens ? { max_tokens: Number(max_tokens) } : {}),
    ...(temperature ? { temperature: Number(temperature) } : {}),
    ...(system_note ? { system_note } : {}),
    ...(notice ? { notice } : {}),
  };
}

function probeOf({ kind, path, every, timeout, slow, down_after, up_after }: TierValues["probe"]): Probe {
  return {
    kind: kind as ProbeKind,
    ...(kind === "http" && path ? { path } : {}),
    every,
    timeout,
    slow,
    down_after: Number(down_after),
    up_after: Number(up_after),
  };
}

/** Left out as long as it says what the engine takes anyway. */
function loadOf(values: TierValues["load"], base: Tier): Pick<Tier, "load"> {
  const load: LoadWatch = {
    watch: values.watch === "on",
    every: values.every,
    queue: Number(values.queue),
    cache: Number(values.cache),
    stuck_after: values.stuck_after,
    on_cpu: values.on_cpu === "on",
  };
  const plain = Object.entries(load).every(([name, value]) => LOAD[name as keyof LoadWatch] === value);
  return base.load === undefined && plain ? {} : { load };
}

/** The form's field for a path within a tier, or null for a problem of the tier as a whole. */
export function fieldOf(path: string): string | null {
  if (path === "url" || path === "replicas") return "replicas.0.url";
  const replica = /^replicas\[(\d+)\](?:\.(.+))?$/.exec(path);
  if (replica) return `replicas.${replica[1]}.${replicaField(replica[2])}`;
  const known =
    /^(name|provider|model|key|quality_impact|capability_weight|(timeouts|breaker|probe|load|degrade)\.\w+)$/;
  const row = /^triggers\.(impact\.)?(\w+)$/.exec(path);
  if (row) return ROWS.some((name) => name === row[2]) ? path : null;
  if (path === "probe") return "probe.every";
  if (path === "load") return "load.every";
  return known.test(path) ? path : null;
}

function replicaField(path: string | undefined): string {
  if (path === "restart") return "restart.way";
  if (path?.startsWith("gpus")) return "gpus";
  return path !== undefined && /^restart\.\w+$/.test(path) ? path : "url";
}
