import { Field, Input } from "@/components/ui/field";
import { fromLocalInput, toLocalInput } from "@/lib/local-input";

interface Props {
  label: string;
  hint?: string;
  at: number | undefined;
  /** Called with the moment, in milliseconds since 1970; with nothing when the field was emptied. */
  onChange: (at: number | undefined) => void;
}

/** A field for a date and a time of day. */
export function Moment({ label, hint, at, onChange }: Props) {
  return (
    <Field label={label} hint={hint} className="w-52">
      {(aria) => (
        <Input
          {...aria}
          type="datetime-local"
          value={at === undefined ? "" : toLocalInput(at)}
          onChange={(event) => onChange(fromLocalInput(event.target.value))}
        />
      )}
    </Field>
  );
}
