import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asHostError, type HostError, useHost } from "@/host";
import type { KeyEntry } from "./key-entry";

/** Stores a key without the mutation cache, which would remember the secret for minutes. */
export function useStoreKey() {
  const host = useHost();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<HostError | null>(null);
  /** Resolves to whether the key is stored. */
  const store = async (entry: KeyEntry): Promise<boolean> => {
    setPending(true);
    setError(null);
    try {
      client.setQueryData(["keys", null], await host.rpc("key.set", entry));
      return true;
    } catch (reason) {
      setError(asHostError(reason));
      return false;
    } finally {
      setPending(false);
    }
  };
  return { pending, error, store };
}
