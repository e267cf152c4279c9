import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";
import { joined, PAGE_ROWS, useRows } from "./rows";

const row = (id: number) => ({ id: String(id) });

it("joins pages without a gap and without a row twice", () => {
  expect(joined([row(9), row(8)], [[row(8), row(7)], [row(6)]]).map(({ id }) => id)).toEqual([
    "9",
    "8",
    "7",
    "6",
  ]);
});

it("goes on from the last row, however many came in meanwhile", async () => {
  let top = 1_000;
  const asked: (string | undefined)[] = [];
  const ask = async ({ limit, before }: { limit: number; before?: string }) => {
    asked.push(before);
    const from = before === undefined ? top : Number(before) - 1;
    const rows = Array.from({ length: Math.min(limit, from) }, (_, index) => row(from - index));
    return { rows, total: before === undefined ? top : null };
  };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useRows("list", null, ask), { wrapper });
  const ids = () => result.current.rows.map(({ id }) => Number(id));
  const whole = () => ids().every((id, index) => id === (ids()[0] ?? 0) - index);
  await waitFor(() => expect(result.current.rows).toHaveLength(PAGE_ROWS));
  act(() => result.current.more());
  await waitFor(() => expect(result.current.rows).toHaveLength(1.5 * PAGE_ROWS + 1));
  top += 40;
  await act(() => client.invalidateQueries({ queryKey: ["list"] }));
  await waitFor(() => expect(ids()[0]).toBe(1_040));
  expect(whole()).toBe(true);
  act(() => result.current.more());
  await waitFor(() => expect(ids().at(-1)).toBeLessThan(760));
  expect(whole()).toBe(true);
  // So many at once that nothing overlaps: begun anew rather than shown with a gap.
  top += 500;
  await act(() => client.invalidateQueries({ queryKey: ["list"] }));
  await waitFor(() => expect(ids()[0]).toBe(1_540));
  expect(whole()).toBe(true);
  expect(asked.filter((before) => before === undefined)).toHaveLength(3);
});
