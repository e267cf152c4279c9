import { expect, it } from "vitest";
import { CLIENTS, curl, snippet } from "./snippets";

const way = { baseUrl: "http://127.0.0.1:4747/v1", model: "chat", needsKey: false };

it("quotes whatever a chain may be called for the shell", () => {
  expect(curl({ ...way, model: "it's" })).toContain(`"model":"it'\\''s"`);
});

it("asks for a key only where one is needed", () => {
  for (const client of CLIENTS) {
    expect(snippet(client, way), client).not.toContain("CHANGEOVER_KEY");
    expect(snippet(client, { ...way, needsKey: true }), client).toContain("CHANGEOVER_KEY");
  }
});

it("gives each client the address in the form that it wants", () => {
  const versioned = ["curl", "openai_python", "openai_node", "codex"];
  for (const client of CLIENTS) {
    expect(snippet(client, way).includes("127.0.0.1:4747/v1"), client).toBe(versioned.includes(client));
    expect(snippet(client, way), client).toContain("chat");
  }
});
