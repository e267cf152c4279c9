import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import { cn } from "@/lib/cn";
import type { Option } from "./select";

interface Props<T extends string> {
  /** What is chosen between, for those who hear it. */
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
  className?: string;
}

/** One of two to five, all of them in sight. Arrow keys move between them. */
export function Segmented<T extends string>({ label, value, options, onChange, className }: Props<T>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(next) => {
        const chosen = options.find((option) => next.includes(option.value));
        if (chosen !== undefined) onChange(chosen.value);
      }}
      className={cn("inline-flex h-8 items-center gap-0.5 rounded-md bg-hover p-0.5", className)}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className="h-7 rounded px-2.5 text-xs font-medium whitespace-nowrap text-muted hover:text-ink data-[pressed]:bg-surface data-[pressed]:text-ink data-[pressed]:shadow-[0_0_0_1px_var(--line)]"
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
