import { useId } from "react";
import { ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { limitsOf } from "../limits.ts";
import { TextField } from "./Field.tsx";

const ZONES = Intl.supportedValuesOf("timeZone");

/** A field for the IANA name of a time zone, which proposes those that the browser knows. */
export function ZoneField({
  label,
  hint,
  value,
  onValue,
  error,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}) {
  const id = useId();
  return (
    <>
      <TextField
        {...{ label, hint, value, onValue, error }}
        maxLength={limitsOf(ProjectSchema, "timeZone").maxLength}
        list={id}
        placeholder="UTC"
        autoComplete="off"
        spellCheck={false}
      />
      <datalist id={id}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
