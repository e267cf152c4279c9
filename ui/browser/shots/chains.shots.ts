import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Daemon, expect, ModelServer, open, test } from "../harness";
import { busy, shoot, shootScreen, shootSizes, ZOOMED } from "./shoot";

const chains = (page: Page, daemon: Daemon) => open(page, daemon, "/chains");

shootScreen("chains");

test("chains, sizes", async ({ page, full }) => {
  await busy(full);
  await shootSizes(page, "chains", () => chains(page, full));
});

test("chains, what opens on it", async ({ page, full }) => {
  await busy(full);
  await shoot(page, "chains-tier-menu", async () => {
    await chains(page, full);
    await page.getByTestId("tier-menu-laptop").click();
  });
  await shoot(page, "chains-tier-orders", async () => {
    await page.keyboard.press("Escape");
    await page.getByTestId("tier-orders-laptop").click();
  });
  await shoot(page, "chains-order", async () => {
    await page.getByRole("menuitem", { name: /maintenance/i }).click();
  });
  await shoot(page, "chains-requests", async () => {
    await page.keyboard.press("Escape");
    await page.getByTestId("requests-toggle").click();
    await page.getByTestId("request-row").first().click();
    await page.getByTestId("request-explained").scrollIntoViewIfNeeded();
  });
  await shoot(page, "chain-form", async () => {
    await page.getByRole("button", { name: "Edit chain" }).first().click();
  });
  await shoot(page, "chain-delete", async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Delete chain" }).first().click();
  });
});

test("chains, a tier's form", async ({ page, full }) => {
  const form = async () => {
    await chains(page, full);
    await page.keyboard.press("Escape");
    await page.getByTestId("tier-edit-gpu").first().click();
  };
  await shoot(page, "tier-form", form);
  await shoot(page, "tier-form-listed", async () => {
    await page.getByRole("button", { name: "Fetch list" }).click();
    await expect(page.getByRole("list", { name: "Models of this server" })).toBeVisible();
  });
  await shoot(page, "tier-form-tested", async () => {
    await page.getByTestId("tier-test").click();
    await page.getByTestId("tier-test-result").scrollIntoViewIfNeeded();
  });
  await shoot(page, "tier-form-wrong", async () => {
    await page.getByTestId("field-model").fill("");
    await page.getByTestId("field-replicas.0.url").fill("not an address");
    await page.getByTestId("tier-save").click();
    await expect(page.getByRole("dialog").getByRole("alert").first()).toBeVisible();
  });
  await page.getByTestId("field-replicas.0.url").fill("http://127.0.0.1:9");
  await page.getByTestId("field-model").fill("tiny");
  await shoot(page, "tier-form-untested", async () => {
    await page.getByTestId("tier-test").click();
    await page.getByTestId("tier-test-result").scrollIntoViewIfNeeded();
  });
  for (const [name, field] of [
    ["trigger-matrix", "field-triggers.first_token_above"],
    ["tier-form-serving", "field-replicas.0.restart.way"],
    ["tier-form-end", "field-capability_weight"],
  ] as const) {
    await shoot(page, name, async () => {
      await form();
      await page.getByTestId("advanced").click();
      await page.getByTestId(field).scrollIntoViewIfNeeded();
    });
  }
});

test("chains, a new tier in small windows", async ({ page, full }) => {
  await shootSizes(page, "tier-form-new", async () => {
    await chains(page, full);
    await page.keyboard.press("Escape");
    await page.getByTestId("add-tier-chat").click();
  });
  for (const [name, field] of [
    ["trigger-matrix", "field-triggers.rate_limited"],
    ["tier-form-serving", "field-load.cache"],
  ] as const) {
    await shoot(
      page,
      `${name}-zoomed`,
      async () => {
        await page.keyboard.press("Escape");
        await page.getByTestId("tier-edit-gpu").first().click();
        await page.getByTestId("advanced").click();
        await page.getByTestId(field).scrollIntoViewIfNeeded();
      },
      ZOOMED,
    );
  }
  await page.keyboard.press("Escape");
  await shoot(
    page,
    "review-zoomed",
    async () => {
      await page.getByLabel("laptop enabled").click();
      await page.getByTestId("review").click();
    },
    ZOOMED,
  );
});

test("chains, a review", async ({ page, full }) => {
  await shoot(page, "draft", async () => {
    await chains(page, full);
    await page.getByLabel("laptop enabled").click();
    await page.getByTestId("tier-down-gpu").first().click();
  });
  await shoot(page, "review", () => page.getByTestId("review").click());
  await shoot(page, "discard", async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Discard" }).click();
  });
});

test("chains, undo, revisions and a conflict", async ({ page, practice }) => {
  await shoot(page, "undo", async () => {
    await chains(page, practice);
    await page.getByTestId("tier-down-gpu").click();
    await expect(page.getByTestId("undo")).toBeVisible();
  });
  await shoot(page, "revisions", async () => {
    await page.getByTestId("revisions").click();
    await expect(page.getByTestId("revision-1")).toBeVisible();
  });
  await page.keyboard.press("Escape");
  await page.getByLabel("cpu enabled").click();
  await practice.change((document) => ({
    ...document,
    chains: document.chains.map((chain) => ({ ...chain, deadline: "50s", aliases: ["gpt-4o"] })),
  }));
  await shoot(page, "draft-conflict", () => expect(page.getByText(/was made elsewhere/)).toBeVisible());
  await shoot(page, "conflict", () => page.getByTestId("review").click());
});

test("chains, what an order holds", ({ page, practice }) =>
  shoot(page, "chains-held", async () => {
    const why = "The GPUs get a new driver";
    await practice.rpc("order.pin", { chain: "practice", tier: "cpu", only: false, for_ms: 900_000, why });
    const gpu = { chain: "practice", tier: "gpu", replica: null };
    await practice.rpc("order.switch", { ...gpu, to: "disable", why: "Loose fan" });
    await chains(page, practice);
    await page.getByRole("region", { name: "Orders" }).scrollIntoViewIfNeeded();
  }));

test("chains, an import", async ({ page, practice }) => {
  const dialog = async (yaml: string) => {
    await chains(page, practice);
    await page.getByRole("button", { name: "Import" }).click();
    await page.getByTestId("import-yaml").fill(yaml);
  };
  await shoot(page, "import", () => dialog(""));
  await page.keyboard.press("Escape");
  await shoot(page, "import-wrong", async () => {
    await dialog("chains:\n  - name: chat\n    tiers:\n      - name: gpu\n        provider: vlm\n");
    await page.getByTestId("import-read").click();
    await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible();
  });
  await page.keyboard.press("Escape");
  await shoot(page, "import-notes", async () => {
    await dialog(LITELLM);
    await page.getByTestId("import-read").click();
    await expect(page.getByTestId("import-done")).toBeVisible();
  });
  await shoot(page, "import-draft", () => page.getByTestId("import-done").click());
  await shoot(page, "import-review", () => page.getByTestId("review").click());
});

const LITELLM = `model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://example.openai.azure.com
      api_key: os.environ/AZURE_API_KEY
      rpm: 6
  - model_name: fallback
    litellm_params:
      model: anthropic/claude-sonnet-4-5
      api_key: os.environ/ANTHROPIC_API_KEY
router_settings:
  routing_strategy: least-busy
  fallbacks: [{"gpt-4o": ["fallback"]}]
`;

test("chains, templates", ({ page, empty }) =>
  shoot(page, "template", async () => {
    await chains(page, empty);
    await page.getByTestId("template-clouds").click();
    await expect(page.getByTestId("draft-bar")).toBeVisible();
  }));

test("chains, servers of this machine", async ({ page, empty }) => {
  const server = await new ModelServer("Hello.").start();
  await shoot(page, "servers", async () => {
    await chains(page, empty);
    await page.getByRole("button", { name: /Look for servers/ }).click();
    await page.getByTestId("other-ports").fill(new URL(server.url).port);
    await page.getByRole("button", { name: "Look there" }).click();
    await expect(page.getByTestId(`found-${new URL(server.url).port}`)).toBeVisible();
  });
  await server.stop();
});

test("chains, from a file", async ({ page }) => {
  const daemon = new Daemon();
  const file = join(daemon.data, "changeover.yaml");
  await daemon.start();
  const { text } = await daemon.rpc("config.export", null);
  await daemon.stop();
  writeFileSync(file, text);
  await daemon.start("--config", file);
  await daemon.until("it answers", ({ chains }) => chains[0]?.serving === "gpu");
  await shoot(page, "chains-file", () => chains(page, daemon));
  writeFileSync(file, text.replace(/deadline: \S+/, "deadline: soon"));
  await shoot(page, "chains-file-wrong", () =>
    expect(page.getByText(/last change was not taken/)).toBeVisible(),
  );
  await daemon.end();
});
