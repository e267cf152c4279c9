/** Commands as queries and mutations. A query's key is `[command, request]`. */
import { type UseQueryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { type CommandName, type HostError, type Request, type Response, useHost } from "@/host";

type Extra<K extends CommandName> = Omit<UseQueryOptions<Response<K>, HostError>, "queryKey" | "queryFn">;

/** Asks once, and again when an event says that the answer changed. */
export function useRpc<K extends CommandName>(name: K, request: Request<K>, extra?: Extra<K>) {
  const host = useHost();
  return useQuery<Response<K>, HostError>({
    queryKey: [name, request],
    queryFn: () => host.rpc(name, request),
    ...extra,
  });
}

/** A command that changes or tries something. */
export function useCommand<K extends CommandName>(name: K) {
  const host = useHost();
  return useMutation<Response<K>, HostError, Request<K>>({
    mutationKey: [name],
    mutationFn: (request) => host.rpc(name, request),
  });
}
