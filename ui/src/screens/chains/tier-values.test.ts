import { expect, it } from "vitest";
import { tierOf } from "@/host/fake/config";
import { toReplica } from "./replica-values";
import { fieldOf, fromValues, tierSchema, toValues } from "./tier-values";

it("gives back the tier it was filled from", () => {
  const { url: _url, ...withoutUrl } = tierOf();
  const times = { delay: "10s", limit: 3, window: "5m", healthy_within: "2m" };
  const unit = { enabled: true, unit: "vllm.service", user: true, ...times };
  const command = { enabled: false, command: ["sh", "-c", "one\ntwo"], user: false, ...times };
  const tiers = [
    tierOf(),
    tierOf({ key: "keyring:openai", degrade: { max_tokens: 400, notice: "backup", temperature: 0.2 } }),
    tierOf({
      capability_weight: 0.5,
      degrade: { system_note: "Be brief." },
      triggers: {
        ...tierOf().triggers,
        first_token_above: "5s",
        gpu: false,
        impact: { gpu: "high", quality: "medium" },
      },
    }),
    tierOf({
      probe: {
        kind: "http",
        path: "/up",
        every: "5s",
        timeout: "2s",
        slow: "1s",
        down_after: 2,
        up_after: 1,
      },
    }),
    tierOf({ load: { watch: false, every: "5s", queue: 4, cache: 0.95, stuck_after: "30s", on_cpu: true } }),
    {
      ...withoutUrl,
      replicas: [{ url: "http://a", gpus: ["0", "gpu1/1"], restart: unit }, { url: "http://b" }],
    },
    { ...withoutUrl, replicas: [{ url: "http://a", restart: command }] },
  ];
  for (const tier of tiers) expect(fromValues(toValues(tier), tier)).toEqual(tier);
});

it("writes one address as url and several as replicas, and drops empty ones", () => {
  const base = tierOf();
  const values = toValues(base);
  const rows = (...urls: string[]) => urls.map((url) => toReplica({ url }));
  const two = fromValues({ ...values, replicas: rows("http://a", "", "http://b") }, base);
  expect(two.replicas).toEqual([{ url: "http://a" }, { url: "http://b" }]);
  expect(two).not.toHaveProperty("url");
  const one = fromValues({ ...toValues(two), replicas: rows("http://a") }, two);
  expect(one.url).toBe("http://a");
  expect(one).not.toHaveProperty("replicas");
});

it("takes away what was emptied", () => {
  const base = tierOf({ key: "env:KEY", degrade: { max_tokens: 10 } });
  const tier = fromValues(
    { ...toValues(base), key: "", degrade: { max_tokens: "", temperature: "", system_note: "", notice: "" } },
    base,
  );
  expect(tier).not.toHaveProperty("key");
  expect(tier.degrade).toEqual({});
});

it("takes away a threshold and an estimate that were emptied", () => {
  const base = tierOf({ triggers: { ...tierOf().triggers, total_above: "60s", impact: { gpu: "low" } } });
  const values = toValues(base);
  const impact = { ...values.triggers.impact, gpu: "next" as const };
  const tier = fromValues({ ...values, triggers: { ...values.triggers, total_above: "", impact } }, base);
  expect(tier.triggers).toEqual(tierOf().triggers);
});

it("refuses what the engine could not read", () => {
  const values = toValues(tierOf());
  const bad = {
    ...values,
    model: " ",
    capability_weight: "0",
    breaker: { ...values.breaker, rate: "2", trials: "0" },
    triggers: { ...values.triggers, first_token_above: "5" },
    degrade: { ...values.degrade, temperature: "3" },
  };
  const paths = tierSchema.safeParse(bad).error?.issues.map(({ path }) => path.join("."));
  expect(paths).toEqual([
    "model",
    "capability_weight",
    "triggers.first_token_above",
    "breaker.rate",
    "breaker.trials",
    "degrade.temperature",
  ]);
});

it("reads a command a line at a time, and wants one where it is to be run", () => {
  const values = toValues(tierOf());
  const [row] = values.replicas;
  if (!row) throw new Error("no row");
  const asked = (command: string) => ({
    ...values,
    replicas: [{ ...row, restart: { ...row.restart, way: "command" as const, command } }],
  });
  const tier = fromValues(asked("docker\n restart\n\nvllm "), tierOf());
  expect(tier.replicas?.[0]?.restart?.command).toEqual(["docker", "restart", "vllm"]);
  const paths = tierSchema.safeParse(asked(" \n")).error?.issues.map(({ path }) => path.join("."));
  expect(paths).toEqual(["replicas.0.restart.command"]);
});

it.each([
  ["replicas[1].restart", "replicas.1.restart.way"],
  ["replicas[1].restart.unit", "replicas.1.restart.unit"],
  ["replicas[0].gpus[2]", "replicas.0.gpus"],
  ["load.cache", "load.cache"],
  ["url", "replicas.0.url"],
  ["replicas[2].url", "replicas.2.url"],
  ["timeouts.first_token", "timeouts.first_token"],
  ["probe", "probe.every"],
  ["triggers.quality", null],
  ["triggers.first_token_above", "triggers.first_token_above"],
  ["triggers.impact.gpu", "triggers.impact.gpu"],
  ["capability_weight", "capability_weight"],
  ["", null],
])("finds the field for the path %j", (path, field) => {
  expect(fieldOf(path)).toBe(field);
});
