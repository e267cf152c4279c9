import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import "@/i18n";
import { ChangeList } from "./ChangeList";
import type { Change } from "./diff";

const aliases = (from: string | null, to: string | null): Change => ({
  kind: "field",
  where: ["practice"],
  field: "aliases",
  from,
  to,
});

it("says in words which names lead to a chain, as a proposed chain takes the practice chain's", () => {
  render(<ChangeList changes={[aliases("*", null), aliases(null, "gpt-4o, *")]} />);
  expect(screen.getByText("practice does not answer to any other name any more")).toBeVisible();
  expect(screen.getByText("practice also answers to gpt-4o, any other name")).toBeVisible();
});
