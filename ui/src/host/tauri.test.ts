import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, it, vi } from "vitest";
import { tauriHost } from "./tauri";

afterEach(clearMocks);

it("ends the program's feed once the page no longer listens", async () => {
  const called: string[] = [];
  mockIPC((command) => {
    called.push(command);
  });
  const onLink = vi.fn();
  const stop = tauriHost().subscribe(() => {}, onLink);
  await vi.waitFor(() => expect(onLink).toHaveBeenLastCalledWith("live"));
  expect(called).toEqual(["subscribe"]);
  stop();
  await vi.waitFor(() => expect(called).toEqual(["subscribe", "unsubscribe"]));
});
