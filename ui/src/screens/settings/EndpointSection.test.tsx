import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { HostError } from "@/host";
import { renderWithHost } from "@/test/render";
import { EndpointSection } from "./EndpointSection";

type Asked = { asked: { name: string; request: unknown }[] };
const applied = (host: Asked) => host.asked.filter(({ name }) => name === "config.apply").at(-1)?.request;

const enabled = async (id: string) => {
  const found = await screen.findByTestId(id);
  await waitFor(() => expect(found).toBeEnabled());
  return found;
};

async function type(id: string, text: string) {
  const input = await enabled(id);
  await userEvent.clear(input);
  await userEvent.click(input);
  await userEvent.paste(text);
}

it("makes a client's key, keeps its hash alone, and shows the key once", async () => {
  const { host } = renderWithHost(<EndpointSection />, {
    "client_key.make": () => ({ key: "co-secret", sha256: "ab".repeat(32) }),
  });
  await userEvent.click(await enabled("client-key-add"));
  await userEvent.click(await screen.findByTestId("client-key-make"));
  expect(await screen.findByText("Give the key a name.")).toBeVisible();
  await type("client-key-name", "build");
  await userEvent.click(screen.getByTestId("client-key-make"));
  expect(await screen.findByTestId("client-key")).toHaveTextContent("co-secret");
  expect(JSON.stringify(applied(host))).not.toContain("co-secret");
  expect(applied(host)).toMatchObject({
    document: { endpoint: { client_keys: [{ name: "build", sha256: "ab".repeat(32) }] } },
  });
  await userEvent.click(screen.getByRole("button", { name: "Done" }));
  await waitFor(() => expect(screen.queryByTestId("client-key")).toBeNull());
  await userEvent.click(screen.getByRole("button", { name: "Remove the key of build" }));
  await userEvent.click(await screen.findByRole("button", { name: "Remove key" }));
  await waitFor(() => expect(screen.queryByTestId("client-key-build")).toBeNull());
});

it("puts what is wrong with an address at its field and keeps what was typed", async () => {
  const { host } = renderWithHost(<EndpointSection />, {
    "config.apply": () => {
      const what = "port 4000 is taken";
      throw new HostError({
        code: "invalid",
        message: "the configuration has an error",
        remedy: "",
        problems: [{ path: "endpoint.listen", severity: "error", what, remedy: "choose another port" }],
      });
    },
  });
  await type("endpoint-listen", "127.0.0.1:4000");
  await userEvent.click(await enabled("endpoint-save"));
  expect(await screen.findByText("Port 4000 is taken: choose another port.")).toBeVisible();
  const input = screen.getByTestId("endpoint-listen");
  expect(input).toHaveAttribute("aria-invalid", "true");
  expect(input).toHaveValue("127.0.0.1:4000");
  expect(applied(host)).toMatchObject({ document: { endpoint: { listen: "127.0.0.1:4000" } } });
});
