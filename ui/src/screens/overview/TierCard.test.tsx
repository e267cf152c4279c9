import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { replica, tier } from "@/host/fake/overview";
import { renderWithHost } from "@/test/render";
import { TierCard } from "./TierCard";

const quota = { at_ms: 0, requests_left: 34, requests_limit: 60, tokens_left: null, tokens_limit: null };

it("says what is left of a server's rate limits, where its answers say it", () => {
  const told = tier(0, { replicas: [replica(0, { quota }), replica(0, { id: "r2" })] });
  renderWithHost(<TierCard tier={told} position={1} serving />);
  expect(screen.getByTestId("quota-left")).toHaveTextContent("Rate limit: 34 of 60 requests left");
});

it("says it without the limit, where only what is left is told", () => {
  const alone = { ...quota, requests_left: null, requests_limit: null, tokens_left: 9000 };
  renderWithHost(
    <TierCard tier={tier(0, { replicas: [replica(0, { quota: alone })] })} position={1} serving />,
  );
  expect(screen.getByTestId("quota-left")).toHaveTextContent("Rate limit: 9,000 tokens left");
});
