/**
 * The live state: a snapshot once, then events. `live` replaces the overview; `changed` makes the matching
 * queries stale, so that the screens that show them ask again and hidden ones do not.
 */
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import type { Topic, UiEvent } from "@/contract";
import type { CommandName, Host, Link } from "@/host";

interface Connection {
  link: Link;
  /** When the link was lost, by this machine's clock; null while it stands. */
  lostAt: number | null;
  /** When the newest live state came, by this machine's clock. */
  heardAt: number | null;
}

export const useConnection = create<Connection>(() => ({ link: "connecting", lostAt: null, heardAt: null }));

/** The commands whose answers a topic makes stale. */
export const STALE: Record<Topic, readonly CommandName[]> = {
  config: ["config.get", "config.revisions", "keys"],
  incidents: ["incidents", "incident", "incidents.days", "history", "report"],
  change_overs: ["changeovers", "history", "report"],
  gpus: ["gpus"],
  keys: ["keys"],
  practice: ["practice"],
  alerts: ["alerts"],
  runbooks: ["runbooks"],
  orders: ["orders"],
};

/** Brings one event into the cache. */
export function apply(event: UiEvent, client: QueryClient) {
  if (event.type === "live") {
    client.setQueryData(["overview", null], event.overview);
    useConnection.setState({ heardAt: Date.now() });
  } else if (event.type === "changed") {
    for (const name of new Set(event.topics.flatMap((topic) => STALE[topic] ?? []))) {
      void client.invalidateQueries({ queryKey: [name] });
    }
  }
}

/** Notes how the link stands; after a break everything on screen is asked for again. */
export function noteLink(link: Link, client: QueryClient) {
  const before = useConnection.getState();
  useConnection.setState({ link, lostAt: link === "lost" ? (before.lostAt ?? Date.now()) : null });
  if (link === "live" && before.link === "lost") void client.invalidateQueries();
}

/** The live state is drawn twice a second at most, however busy the engine is; after a quiet time at once. */
const DRAWN_EVERY_MS = 500;

/**
 * Follows the host's events from here on. While the page is hidden nothing of it is drawn anew: what came meanwhile is
 * brought in once it is shown again.
 */
export function follow(host: Host, client: QueryClient): () => void {
  let newest: UiEvent | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const topics = new Set<Topic>();
  const draw = () => {
    timer = undefined;
    if (document.hidden) return;
    if (topics.size > 0) apply({ type: "changed", topics: [...topics] }, client);
    topics.clear();
    if (!newest) return;
    drawnAt = performance.now();
    apply(newest, client);
    newest = undefined;
  };
  const take = (event: UiEvent) => {
    if (event.type === "changed") {
      for (const topic of event.topics) topics.add(topic);
      draw();
    } else if (event.type === "live") {
      newest = event;
      timer ??= setTimeout(draw, Math.max(0, drawnAt + DRAWN_EVERY_MS - performance.now()));
    }
  };
  document.addEventListener("visibilitychange", draw);
  const stop = host.subscribe(take, (link) => noteLink(link, client));
  return () => {
    document.removeEventListener("visibilitychange", draw);
    clearTimeout(timer);
    stop();
  };
}
