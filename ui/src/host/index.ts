/** Picks the host: the window when there is one, else HTTP; in development `?host=fake`. */
import { createContext, useContext } from "react";
import type { Host } from "./host";

export * from "./host";

export async function pickHost(): Promise<Host> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriHost();
  if (import.meta.env.DEV && new URLSearchParams(location.search).get("host") === "fake") {
    return (await import("./fake")).fakeHost(new URLSearchParams(location.search).get("state") ?? "full");
  }
  const { httpHost } = await import("./http");
  const { takeToken, token } = await import("./token");
  takeToken();
  return httpHost("", token);
}

const HostContext = createContext<Host | null>(null);
export const HostProvider = HostContext.Provider;

export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error("useHost outside HostProvider");
  return host;
}
