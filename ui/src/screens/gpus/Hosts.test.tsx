import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { GpuPage } from "@/contract";
import { renderWithHost } from "@/test/render";
import { Hosts } from "./Hosts";

const PAGE: GpuPage = { at_ms: null, driver: null, gpus: [], hosts: [], reason: null, remedy: null };

type Asked = { asked: { name: string; request: unknown }[] };
const applied = (host: Asked) => host.asked.filter(({ name }) => name === "config.apply").at(-1)?.request;

async function fill(name: string, url: string) {
  const add = await screen.findByTestId("gpu-host-add");
  await waitFor(() => expect(add).toBeEnabled());
  await userEvent.click(add);
  await userEvent.click(await screen.findByTestId("gpu-host-name"));
  await userEvent.paste(name);
  await userEvent.click(screen.getByTestId("gpu-host-url"));
  await userEvent.paste(url);
  await userEvent.click(screen.getByTestId("gpu-host-save"));
}

it("adds a machine, shows that it has not answered, and takes it away after asking", async () => {
  const { host } = renderWithHost(<Hosts page={PAGE} />);
  await fill("gpu1", "http://gpu1:9400/metrics");
  const row = await screen.findByTestId("gpu-host-gpu1");
  expect(row).toHaveTextContent("Has not answered yet");
  expect(applied(host)).toMatchObject({
    document: { gpu_hosts: [{ name: "gpu1", url: "http://gpu1:9400/metrics" }] },
  });
  await userEvent.click(screen.getByRole("button", { name: "Stop watching gpu1" }));
  await userEvent.click(await screen.findByRole("button", { name: "Stop watching" }));
  await waitFor(() => expect(screen.queryByTestId("gpu-host-gpu1")).toBeNull());
  expect(applied(host)).toMatchObject({ document: { gpu_hosts: [] } });
});

it("says at the field what the engine finds wrong, and changes nothing", async () => {
  const { host } = renderWithHost(<Hosts page={PAGE} />, {
    "config.check": () => [
      { path: "gpu_hosts[0].url", severity: "error", what: "no such scheme", remedy: "write http://" },
    ],
  });
  await fill("gpu1", "gopher://x");
  expect(await screen.findByText("No such scheme: write http://.")).toBeVisible();
  expect(screen.getByTestId("gpu-host-url")).toHaveAttribute("aria-invalid", "true");
  expect(applied(host)).toBeUndefined();
});

it("says in full why a machine does not answer, and when it last did", async () => {
  const reason = "the name rack-4-node-12.gpu.example.internal cannot be looked up: no such host";
  const page = { ...PAGE, hosts: [{ name: "gpu1", at_ms: Date.now() - 90_000, reason }] };
  renderWithHost(<Hosts page={page} />);
  await fill("gpu1", "http://gpu1:9400/metrics");
  const row = await screen.findByTestId("gpu-host-gpu1");
  expect(row).toHaveTextContent(
    "The name rack-4-node-12.gpu.example.internal cannot be looked up: no such host.",
  );
  expect(row).toHaveTextContent(/Answered .*ago/);
});
