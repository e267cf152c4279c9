/**
 * Long lists, newest first, as far as they were scrolled to. The newest page is asked for again whenever something
 * changed; older pages are asked for once, each from the last row of the one before, so that a million rows cost no
 * more than the first.
 */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { HostError } from "@/host";

/** Rows of a page. */
export const PAGE_ROWS = 100;

interface Row {
  id: string;
}

/** Which page: the newest, or the one that follows a row. */
interface Page {
  limit: number;
  before?: string;
}

interface Answer<R> {
  rows: R[];
  /** How many there are; absent in pages that follow another. */
  total: number | null;
}

/** The rows of a command's list; `filter` is part of what they are known by. */
export function useRows<R extends Row>(
  name: string,
  filter: unknown,
  ask: (page: Page) => Promise<Answer<R>>,
) {
  const newest = useQuery<Answer<R>, HostError>({
    queryKey: [name, "newest", filter],
    queryFn: () => ask({ limit: PAGE_ROWS }),
    placeholderData: keepPreviousData,
  });
  const anchor = useAnchor(newest.data?.rows);
  const older = useInfiniteQuery<R[], HostError, { pages: R[][] }, readonly unknown[], string>({
    queryKey: [`${name}.older`, anchor, filter],
    queryFn: async ({ pageParam }) => (await ask({ limit: PAGE_ROWS, before: pageParam })).rows,
    initialPageParam: anchor ?? "",
    getNextPageParam: (last) => (last.length < PAGE_ROWS ? undefined : last.at(-1)?.id),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  const rows = useMemo(
    () => joined(newest.data?.rows ?? [], older.data?.pages ?? []),
    [newest.data, older.data],
  );
  const ended = (newest.data?.rows.length ?? 0) < PAGE_ROWS || (older.data && !older.hasNextPage) === true;
  return {
    rows,
    /** How many there are in all; absent until it is known. */
    total: newest.data?.total ?? undefined,
    loaded: newest.data !== undefined,
    error: newest.error ?? older.error,
    refetch: () => void newest.refetch(),
    /** Asks for the next older page, if there is one and none is being asked for. */
    more: () => {
      if (ended || anchor === null || older.isFetching || newest.isPlaceholderData) return;
      void (older.data ? older.fetchNextPage() : older.refetch());
    },
  };
}

/**
 * The row that older pages go on from: the middle one of the newest page, so that rows which come in meanwhile push
 * none of them out between the two. Once they overlap no longer, it is chosen anew.
 */
function useAnchor(rows: readonly Row[] | undefined): string | null {
  const [anchor, setAnchor] = useState<string | null>(null);
  const last = rows?.at(-1)?.id;
  const first = rows?.[0]?.id;
  const middle = rows?.[Math.floor(rows.length / 2)]?.id ?? null;
  const fits =
    anchor !== null &&
    last !== undefined &&
    first !== undefined &&
    within(anchor, Number(last), Number(first));
  useEffect(() => {
    if (!fits) setAnchor(middle);
  }, [fits, middle]);
  return fits ? anchor : middle;
}

const within = (id: string, last: number, first: number) => Number(id) >= last && Number(id) <= first;

/** The newest page and the older ones behind it, each row once; a row of the newest page is the newer one. */
export function joined<R extends Row>(newest: readonly R[], older: readonly (readonly R[])[]): R[] {
  const known = new Set(newest.map(({ id }) => id));
  return [...newest, ...older.flat().filter(({ id }) => !known.has(id))];
}
