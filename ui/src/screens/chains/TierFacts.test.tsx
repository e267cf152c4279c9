import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderWithHost } from "@/test/render";
import { Address, Identity } from "./TierFacts";
import { newTier } from "./templates";

const tier = newTier({ name: "cloud", provider: "openai", model: "gpt-4o-mini", key: "keyring:openai" });

const keys = (present: boolean) => () => ({
  store: "keyring",
  problem: null,
  remedy: null,
  keys: [{ name: "openai", last_four: "4f2a", created_ms: 0, used_by: [], present }],
  missing: [],
});

it("names the key with its last four characters, and says when the keyring has it no more", async () => {
  const { unmount } = renderWithHost(<Address tier={tier} />, { keys: keys(true) as never });
  expect(await screen.findByText("openai (…4f2a)")).toBeVisible();
  unmount();
  renderWithHost(<Address tier={tier} />, { keys: keys(false) as never });
  expect(await screen.findByText("openai (missing)")).toBeVisible();
});

it("says the triggers, what it changes in a request, and its timeouts", () => {
  const { triggers } = tier;
  const slow = {
    ...tier,
    triggers: { ...triggers, first_token_above: "4s", rate_limited: false },
    degrade: { max_tokens: 200, temperature: 0 },
    price: { input: 2.5, output: 10 },
  };
  renderWithHost(<Identity tier={slow} />);
  expect(screen.getByTestId("tier-triggers-cloud")).toHaveTextContent(
    "Leaves on failures, GPU faults, first tokens above 4s, too long a context",
  );
  renderWithHost(<Address tier={slow} />);
  expect(
    screen.getByText(
      "Quality as tier 1 · $2.50 in, $10.00 out per million tokens · 200 tokens at most · temperature 0",
    ),
  ).toBeVisible();
  expect(screen.getByText("First token 15s, whole answer 2m")).toBeVisible();
});
