/**
 * The live state: a snapshot once, then events. `live` replaces the overview; `changed` makes the matching
 * queries stale, so that the screens that show them ask again and hidden ones do not.
 */
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import type { Topic, UiEvent } from "@/contract";
import type { CommandName, Host, Link } from "@/host";
import { eachSecond } from "./now";

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

/** Mere figures are drawn once a second at most; after a quiet time, or a change of something else, at once. */
const DRAWN_EVERY_MS = 1000;

/**
 * Follows the host's events from here on, while the page can be seen. Out of sight nothing is sent, read or drawn; once
 * it is shown again, what is on it is asked for anew.
 */
export function follow(host: Host, client: QueryClient): () => void {
  let stop: (() => void) | undefined;
  const look = () => {
    if (document.hidden) {
      stop?.();
      stop = undefined;
    } else if (!stop) {
      stop = watch(host, client);
    }
  };
  const shown = () => {
    const back = stop === undefined && !document.hidden;
    look();
    if (back) void client.invalidateQueries();
  };
  document.addEventListener("visibilitychange", shown);
  look();
  return () => {
    document.removeEventListener("visibilitychange", shown);
    stop?.();
  };
}

/**
 * Brings the host's events into the cache until told to stop. The live state comes in with the clock's seconds, so that
 * both are drawn in one go.
 */
function watch(host: Host, client: QueryClient): () => void {
  let newest: UiEvent | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const draw = () => {
    if (!newest) return;
    drawnAt = performance.now();
    apply(newest, client);
    newest = undefined;
  };
  const take = (event: UiEvent) => {
    if (event.type !== "live") {
      // The state that follows says more than new figures.
      drawnAt = Number.NEGATIVE_INFINITY;
      return apply(event, client);
    }
    newest = event;
    if (performance.now() - drawnAt >= DRAWN_EVERY_MS) draw();
  };
  const rest = eachSecond(draw);
  const stop = host.subscribe(take, (link) => noteLink(link, client));
  return () => {
    rest();
    stop();
  };
}
