import { get, useFormContext } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Field, Input } from "@/components/ui/field";
import { cn } from "@/lib/cn";

interface Props {
  /** The field's path in the form's values. */
  name: string;
  label: string;
  hint?: string;
  placeholder?: string;
  className?: string;
  mono?: boolean;
  list?: string;
}

/** A text of the form with what is wrong with it. */
export function TextField({ name, label, hint, placeholder, className, mono }: Props) {
  const { register, formState } = useFormContext();
  const explain = useExplain();
  return (
    <Field label={label} hint={hint} error={explain(get(formState.errors, name))} className={className}>
      {(aria) => (
        <Input
          {...aria}
          {...register(name)}
          data-testid={`field-${name}`}
          placeholder={placeholder}
          className={cn(mono && "font-mono text-xs")}
        />
      )}
    </Field>
  );
}

/** What the forms refuse by themselves. */
const OWN = ["span", "share", "temperature", "name", "model", "unit", "command"] as const;

/** A field's error in words: the engine's own, or ours for what the form refuses by itself. */
export function useExplain() {
  const { t } = useTranslation("chains");
  return (error: { message?: string; type?: string } | undefined): string | undefined => {
    const message = error?.message;
    const own = OWN.find((word) => word === message);
    if (own) return t(`invalid.${own}`);
    const whole = /^whole:(\d+):(\d+)$/.exec(message ?? "");
    if (whole) return t("invalid.whole", { min: whole[1] ?? "", max: whole[2] ?? "" });
    // A union's own words ("Invalid input") say nothing to a person; only `max_tokens` has one.
    return message === "Invalid input" ? t("invalid.whole", { min: 1, max: 10_000_000 }) : message;
  };
}
