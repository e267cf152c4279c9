import { Switch as Base } from "@base-ui/react/switch";
import { cn } from "@/lib/cn";

type Props = Base.Root.Props & { "data-testid"?: string };

/** On or off, at once. Give it an `aria-label` or a label beside it. */
export function Switch({ className, ...rest }: Props) {
  return (
    <Base.Root
      className={cn(
        "inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border border-line-strong bg-hover p-0.5 transition-colors",
        "data-[checked]:border-accent data-[checked]:bg-accent data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50",
        className as string,
      )}
      {...rest}
    >
      <Base.Thumb className="size-3 rounded-full bg-line-strong transition-transform data-[checked]:translate-x-3.5 data-[checked]:bg-accent-ink" />
    </Base.Root>
  );
}
