import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";

const KINDS = {
  primary: "bg-accent text-accent-ink hover:brightness-110 border-transparent",
  secondary: "bg-surface text-ink border-line hover:bg-hover",
  ghost: "bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink",
  danger: "bg-surface text-bad border-line hover:bg-bad-soft",
} as const;

const SIZES = {
  md: "h-8 px-3 gap-2",
  sm: "h-7 px-2 gap-1.5 text-xs",
  icon: "size-7 justify-center",
} as const;

export interface ButtonProps extends ComponentProps<"button"> {
  kind?: keyof typeof KINDS;
  size?: keyof typeof SIZES;
}

export function buttonClass(kind: keyof typeof KINDS = "secondary", size: keyof typeof SIZES = "md") {
  return cn(
    "inline-flex shrink-0 items-center justify-center rounded-md border font-medium whitespace-nowrap select-none",
    "transition-colors disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
    KINDS[kind],
    SIZES[size],
  );
}

export function Button({
  kind = "secondary",
  size = "md",
  className,
  type = "button",
  ...rest
}: ButtonProps) {
  return <button type={type} className={cn(buttonClass(kind, size), className)} {...rest} />;
}
