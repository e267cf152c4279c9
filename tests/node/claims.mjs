// What the scripts claim with, and the picture and the tool that they all use.
import assert from "node:assert/strict";

export const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
export const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
export const SCHEMA = {
  type: "object",
  properties: { colour: { type: "string" } },
  required: ["colour"],
  additionalProperties: false,
};
export const GREETING = "Hello from the tier.";

/** The weather, which the tool of this name tells. */
export const weather = ({ city }) => ({ Paris: "sunny", Oslo: "snowing" })[city];

/** Runs every step with every chain; an error names both. */
export async function each(chains, steps) {
  for (const chain of chains) {
    for (const step of steps) {
      try {
        await step(chain);
      } catch (error) {
        throw new Error(`${step.name} with ${chain}`, { cause: error });
      }
    }
  }
}

/** The error of this kind that `asking` ends in. */
export async function refusal(kind, asking) {
  try {
    await asking();
  } catch (error) {
    assert.ok(error instanceof kind, `${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: `no ${kind.name} came` });
}
