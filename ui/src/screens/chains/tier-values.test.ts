import { expect, it } from "vitest";
import { tierOf } from "@/host/fake/config";
import { fieldOf, fromValues, tierSchema, toValues } from "./tier-values";

it("gives back the tier it was filled from", () => {
  const tiers = [
    tierOf(),
    tierOf({ key: "keyring:openai", degrade: { max_tokens: 400, notice: "backup", temperature: 0.2 } }),
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
  ];
  for (const tier of tiers) expect(fromValues(toValues(tier), tier)).toEqual(tier);
});

it("writes one address as url and several as replicas, and drops empty ones", () => {
  const base = tierOf();
  const values = toValues(base);
  const two = fromValues({ ...values, urls: [{ url: "http://a" }, { url: "" }, { url: "http://b" }] }, base);
  expect(two.replicas).toEqual([{ url: "http://a" }, { url: "http://b" }]);
  expect(two).not.toHaveProperty("url");
  const one = fromValues({ ...toValues(two), urls: [{ url: "http://a" }] }, two);
  expect(one.url).toBe("http://a");
  expect(one).not.toHaveProperty("replicas");
});

it("takes away what was emptied", () => {
  const base = tierOf({ key: "env:KEY", degrade: { max_tokens: 10 } });
  const tier = fromValues({ ...toValues(base), key: "", degrade: { max_tokens: "", notice: "" } }, base);
  expect(tier).not.toHaveProperty("key");
  expect(tier.degrade).toEqual({});
});

it("refuses what the engine could not read", () => {
  const values = toValues(tierOf());
  const bad = { ...values, model: " ", breaker: { ...values.breaker, rate: "2", trials: "0" } };
  const paths = tierSchema.safeParse(bad).error?.issues.map(({ path }) => path.join("."));
  expect(paths).toEqual(["model", "breaker.rate", "breaker.trials"]);
});

it.each([
  ["url", "urls.0.url"],
  ["replicas[2].url", "urls.2.url"],
  ["timeouts.first_token", "timeouts.first_token"],
  ["probe", "probe.every"],
  ["triggers.quality", null],
  ["", null],
])("finds the field for the path %j", (path, field) => {
  expect(fieldOf(path)).toBe(field);
});
