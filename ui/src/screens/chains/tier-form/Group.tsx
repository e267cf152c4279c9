import type { ReactNode } from "react";

/** Fields that belong together, four to a row. */
export function Group({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-semibold">{title}</legend>
      {hint && <p className="-mt-1 mb-2 text-xs text-faint">{hint}</p>}
      <div className="grid grid-cols-2 items-start min-[700px]:grid-cols-4 gap-x-4 gap-y-3">{children}</div>
    </fieldset>
  );
}
