import { useId } from "react";
import { ProjectSchema } from "#gen/streak/v1/project_pb.ts";
import { limitsOf } from "../limits.ts";
import { TextField } from "./Field.tsx";

const ZONES = Intl.supportedValuesOf("timeZone");

/** A field for the IANA name of a time zone, which proposes some. */
export function ZoneField({
  label,
  hint,
  value,
  onValue,
  error,
  zones = ZONES,
  isRequired = false,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
  /** The zones to propose; those that the browser knows when not given. */
  readonly zones?: readonly string[];
  readonly isRequired?: boolean;
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
        required={isRequired}
      />
      <datalist id={id}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  );
}
