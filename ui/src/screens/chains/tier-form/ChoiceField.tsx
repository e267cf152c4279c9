import { Controller, get, useFormContext } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useExplain } from "./TextField";

interface Props {
  /** The field's path in the form's values. */
  name: string;
  label: string;
  hint?: string;
  options: readonly { value: string; label: string }[];
  className?: string;
}

/** One of a few, with what is wrong with it. */
export function ChoiceField({ name, label, hint, options, className }: Props) {
  const { control, formState } = useFormContext();
  const explain = useExplain();
  return (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <Field label={label} hint={hint} error={explain(get(formState.errors, name))} className={className}>
          {(aria) => (
            <Select
              {...aria}
              data-testid={`field-${name}`}
              value={field.value}
              onChange={field.onChange}
              options={[...options]}
            />
          )}
        </Field>
      )}
    />
  );
}
