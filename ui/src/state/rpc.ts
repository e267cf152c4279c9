/** Commands as queries and mutations. A query's key is `[command, request]`. */
import { type UseQueryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { type CommandName, type HostError, type Request, type Response, useHost } from "@/host";

type Extra<K extends CommandName, T> = Omit<
  UseQueryOptions<Response<K>, HostError, T>,
  "queryKey" | "queryFn"
>;

/** Asks once, and again when an event says that the answer changed; `select` takes a part of the answer. */
export function useRpc<K extends CommandName, T = Response<K>>(
  name: K,
  request: Request<K>,
  extra?: Extra<K, T>,
) {
  const host = useHost();
  return useQuery<Response<K>, HostError, T>({
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
