import type { Overview } from "@/contract";
import { useConnection } from "./live";
import { useRpc } from "./rpc";

/** Two times the engine's slowest pace: what is older is shown as old. */
export const STALE_AFTER_MS = 5_000;

/** The live state; events keep it fresh, so it is never asked for twice. */
export function useOverview() {
  return useRpc("overview", null, { staleTime: Number.POSITIVE_INFINITY });
}

/** The live state's part that a component needs; drawn again only when that part changed. */
export function useLive<T>(select: (overview: Overview) => T): T | undefined {
  return useRpc("overview", null, { staleTime: Number.POSITIVE_INFINITY, select }).data;
}

/** When the live state was last heard of, by this machine's clock. */
export function useHeardAt(): number | null {
  const { dataUpdatedAt } = useOverview();
  const heardAt = useConnection((state) => state.heardAt);
  return heardAt ?? (dataUpdatedAt || null);
}
