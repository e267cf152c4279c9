import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";

interface Props extends Omit<ComponentProps<"section">, "title"> {
  title?: ReactNode;
  /** Beside the title: a label, a picker, a button. */
  aside?: ReactNode;
}

/** A part of a screen with a heading of its own. */
export function Card({ title, aside, className, children, ...rest }: Props) {
  return (
    <section className={cn("min-w-0 rounded-lg border border-line bg-surface p-4", className)} {...rest}>
      {(title || aside) && (
        <header className="mb-3 flex min-h-6 items-center justify-between gap-3">
          <h2 className="truncate text-sm font-semibold">{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  );
}
