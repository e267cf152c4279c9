import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { KeysPage } from "@/contract";
import { renderWithHost } from "@/test/render";
import { KeysSection } from "./KeysSection";

const SECRET = "sk-not-to-be-seen-1234";

const page = (over: Partial<KeysPage> = {}): KeysPage => ({
  store: "Secret Service",
  problem: null,
  remedy: null,
  keys: [],
  missing: [],
  ...over,
});

const stored = {
  name: "openai-prod",
  last_four: "1234",
  created_ms: 0,
  used_by: ["chat / cloud"],
  present: true,
};

describe("provider keys", () => {
  it("stores a key and keeps nothing of its secret in the page", async () => {
    const { host, client, container } = renderWithHost(<KeysSection />, {
      keys: () => page(),
      "key.set": () => page({ keys: [stored] }),
    });
    await userEvent.type(await screen.findByTestId("key-name"), "openai-prod");
    await userEvent.type(screen.getByTestId("key-secret"), SECRET);
    expect(screen.getByTestId("key-secret")).toHaveAttribute("type", "password");
    await userEvent.click(screen.getByTestId("key-save"));

    const row = await screen.findByTestId("key-row-openai-prod");
    expect(row).toHaveTextContent("1234");
    expect(host.asked).toContainEqual({
      name: "key.set",
      request: { name: "openai-prod", secret: SECRET },
    });
    expect(screen.getByTestId("key-secret")).toHaveValue("");
    expect(container.innerHTML).not.toContain(SECRET);
    const kept = [...client.getMutationCache().getAll(), ...client.getQueryCache().getAll()];
    expect(JSON.stringify(kept.map(({ state }) => state))).not.toContain(SECRET);
  });

  it("asks for a proper name and a key before anything is sent", async () => {
    const { host } = renderWithHost(<KeysSection />, { keys: () => page() });
    await userEvent.type(await screen.findByTestId("key-name"), "has spaces");
    await userEvent.click(screen.getByTestId("key-save"));
    expect(await screen.findByText(/Only letters, digits/)).toBeInTheDocument();
    expect(screen.getByText("Paste the key.")).toBeInTheDocument();
    expect(host.asked.some(({ name }) => name === "key.set")).toBe(false);
  });

  it("deletes only after saying which tiers will miss the key", async () => {
    const { host } = renderWithHost(<KeysSection />, {
      keys: () => page({ keys: [stored] }),
      "key.delete": () => page(),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Delete key openai-prod" }));
    const question = await screen.findByRole("alertdialog");
    expect(question).toHaveTextContent("chat / cloud");
    expect(host.asked.some(({ name }) => name === "key.delete")).toBe(false);
    await userEvent.click(within(question).getByRole("button", { name: "Delete key" }));
    await waitFor(() => expect(screen.queryByTestId("key-row-openai-prod")).not.toBeInTheDocument());
    expect(host.asked).toContainEqual({ name: "key.delete", request: { name: "openai-prod" } });
  });

  it("offers the environment instead of a form that cannot work", async () => {
    let asked = 0;
    renderWithHost(<KeysSection />, {
      keys: () => {
        asked += 1;
        return asked === 1
          ? page({ problem: "No Secret Service answers.", remedy: "Start gnome-keyring." })
          : page();
      },
    });
    const problem = await screen.findByTestId("keys-problem");
    expect(problem).toHaveTextContent("No Secret Service answers.");
    expect(problem).toHaveTextContent("Start gnome-keyring.");
    expect(problem).toHaveTextContent("env:OPENAI_API_KEY");
    expect(screen.queryByTestId("key-secret")).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Check again" }));
    expect(await screen.findByTestId("key-secret")).toBeInTheDocument();
  });
});
