import { expect, it } from "vitest";
import { detailOf, incidentOf } from "@/host/fake/operations";
import { postMortemOf } from "./post-mortem";

it("drafts a post-mortem from what was recorded", () => {
  const text = postMortemOf(detailOf(incidentOf(1_760_000_000_000, 2)));
  expect(text).toContain("# Incident 398:");
  expect(text).toContain("| Restored | 2025-10-09 05:");
  expect(text).toContain("(amira)");
  expect(text).not.toContain("probe");
  expect(text).toContain("## Why it happened");
});
