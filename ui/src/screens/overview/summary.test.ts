import { expect, it } from "vitest";
import { replica, tier } from "@/host/fake/overview";
import { healthOf, summarise } from "./summary";

const NOW = 1_000_000;
const of = (health: "healthy" | "degraded" | "down" | "unknown") => replica(NOW, { health });

it("calls a tier down only when every replica is", () => {
  expect(healthOf([of("down"), of("down")])).toBe("down");
  expect(healthOf([of("down"), of("healthy")])).toBe("degraded");
  expect(healthOf([of("unknown"), of("healthy")])).toBe("healthy");
  expect(healthOf([])).toBe("unknown");
});

it("adds up counts, takes the slowest percentile, and shows the worst breaker", () => {
  const replicas = [
    replica(NOW, { id: "a", requests: 90, failures: 0, in_flight: 1, first_token_p95_ms: 100 }),
    replica(NOW, {
      id: "b",
      requests: 10,
      failures: 5,
      in_flight: 2,
      first_token_p95_ms: 400,
      breaker: "open",
    }),
  ];
  const summary = summarise(tier(NOW, { replicas }));
  expect(summary).toMatchObject({ errors: 0.05, inFlight: 3, p95: 400, healthy: 2 });
  expect(summary.breaker?.id).toBe("b");
});

it("knows no error share without requests", () => {
  expect(summarise(tier(NOW)).errors).toBeNull();
});
