/** A replica as the fields of its form, and back: its address, its GPUs, and how it is started anew. */
import { z } from "zod";
import type { Replica, Restart, Tier } from "@/contract";
import { span, whole } from "./field-types";

/** `never` has no restart; the others may be written down and still be switched off. */
export const RESTART_WAYS = ["never", "unit", "command"] as const;

const restart = z.object({
  way: z.enum(RESTART_WAYS),
  enabled: z.boolean(),
  unit: z.string().trim(),
  user: z.boolean(),
  /** The program, then an argument per line. */
  command: z.string(),
  delay: span,
  limit: whole(1, 1000),
  window: span,
  healthy_within: span,
});

export const replicaSchema = z
  .object({ url: z.string().trim(), gpus: z.string().trim(), restart })
  .superRefine(({ restart: { way, unit, command } }, context) => {
    if (way === "unit" && unit === "")
      context.addIssue({ code: "custom", path: ["restart", "unit"], message: "unit" });
    if (way === "command" && command.trim() === "")
      context.addIssue({ code: "custom", path: ["restart", "command"], message: "command" });
  });

export type ReplicaValues = z.infer<typeof replicaSchema>;

const RESTART: Restart = {
  enabled: false,
  user: false,
  delay: "10s",
  limit: 5,
  window: "5m",
  healthy_within: "2m",
};

/** The fields of the tier's replicas; at least one, which may be empty. */
export function toReplicas(tier: Tier): ReplicaValues[] {
  if (tier.replicas?.length) return tier.replicas.map(toReplica);
  return [toReplica({ url: tier.url ?? "" })];
}

export function toReplica({ url, gpus, restart }: Replica): ReplicaValues {
  const said = restart ?? RESTART;
  return {
    url,
    gpus: gpus?.join(", ") ?? "",
    restart: {
      way: said.unit !== undefined ? "unit" : said.command ? "command" : "never",
      enabled: said.enabled,
      unit: said.unit ?? "",
      user: said.user,
      command: said.command?.join("\n") ?? "",
      delay: said.delay,
      limit: String(said.limit),
      window: said.window,
      healthy_within: said.healthy_within,
    },
  };
}

/** `url` alone where that says it all, else `replicas`. A row without an address is dropped, unless it says more. */
export function fromReplicas(rows: readonly ReplicaValues[], base: Tier): Pick<Tier, "url" | "replicas"> {
  const known = base.replicas ?? [];
  const replicas = rows
    .map((row) => fromReplica(row, known))
    .filter(({ url, gpus, restart }) => url !== "" || gpus || restart);
  const [only] = replicas;
  if (replicas.length > 1 || only?.gpus || only?.restart) return { replicas };
  return only ? { url: only.url } : {};
}

function fromReplica({ url, gpus, restart }: ReplicaValues, known: readonly Replica[]): Replica {
  const names = gpus
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const kept = known.map((replica) => replica.restart?.command).filter((command) => command !== undefined);
  return {
    url,
    ...(names.length ? { gpus: names } : {}),
    ...(restart.way === "never" ? {} : { restart: fromRestart(restart, kept) }),
  };
}

function fromRestart(values: ReplicaValues["restart"], kept: readonly string[][]): Restart {
  // An argument may itself hold a line break: what was not touched stays as it was.
  const same = kept.find((command) => command.join("\n") === values.command);
  const lines = values.command
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    enabled: values.enabled,
    ...(values.way === "unit" ? { unit: values.unit } : { command: same ?? lines }),
    user: values.user,
    delay: values.delay,
    limit: Number(values.limit),
    window: values.window,
    healthy_within: values.healthy_within,
  };
}
