import type { ReactNode } from "react";

/** Names and values, one line each. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[220px_minmax(0,1fr)] items-center gap-x-4 gap-y-2">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="flex min-h-7 min-w-0 items-center gap-2 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
