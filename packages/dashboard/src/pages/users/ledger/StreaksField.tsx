import { SelectField } from "../../../components/Field.tsx";

/** The choice of all streaks: no event has an empty name. */
const ALL = "";

/** Asks for one streak or all of them. */
export function StreaksField({
  value,
  onValue,
  events,
  hint,
  error,
}: {
  /** The event of the streak; undefined for all streaks. */
  readonly value: string | undefined;
  readonly onValue: (event: string | undefined) => void;
  /** The events to choose from. */
  readonly events: readonly string[];
  readonly hint?: string | undefined;
  readonly error: string | undefined;
}) {
  return (
    <SelectField
      label="Streaks"
      hint={hint}
      value={value ?? ALL}
      onValue={(chosen) => onValue(chosen === ALL ? undefined : chosen)}
      error={error}
      options={[{ value: ALL, label: "All streaks" }, ...events.map((event) => ({ value: event, label: event }))]}
    />
  );
}
