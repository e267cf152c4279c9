/** A few single values on a line from zero to the largest. */
export function DotStrip({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(...values, 1);
  return (
    <div role="img" aria-label={label} className="relative my-1 mr-3 h-3 border-b border-line-strong/60">
      {values.map((value, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the dots are alike and never move
          key={index}
          className="absolute bottom-0.5 size-1.5 -translate-x-1/2 rounded-full bg-(--series-1) opacity-70"
          style={{ left: `${(value / most) * 100}%` }}
        />
      ))}
    </div>
  );
}
