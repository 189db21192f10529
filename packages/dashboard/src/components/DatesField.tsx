import { type ReactNode, useState } from "react";
import { plural } from "../format.ts";
import { datesOf } from "../rules/draft.ts";
import { MAX_DATES } from "../rules/problems.ts";
import { Button } from "./Button.tsx";
import styles from "./DatesField.module.css";
import { TextAreaField, TextField } from "./Field.tsx";
import { PlusIcon } from "./icons.tsx";

/** A list of dates: pasted as a text with one on each line, or picked one by one. */
export function DatesField({
  label,
  hint,
  error,
  value,
  onValue,
}: {
  readonly label: ReactNode;
  readonly hint: string;
  readonly error: string | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
}) {
  const [picked, setPicked] = useState("");
  const dates = datesOf(value);

  function add() {
    onValue([...new Set([...dates, picked])].toSorted().join("\n"));
    setPicked("");
  }

  return (
    <div className={styles.dates}>
      <TextAreaField
        label={label}
        hint={`${hint} One on each line, such as 2026-12-25. ${plural(dates.length, "date", "dates")} of at most ${MAX_DATES}.`}
        value={value}
        onValue={onValue}
        error={error}
        rows={4}
        autoComplete="off"
        spellCheck={false}
      />
      <div className={styles.pick}>
        <TextField label="Pick a date" type="date" value={picked} onValue={setPicked} />
        <Button icon={<PlusIcon />} onClick={add} disabled={picked === ""}>
          Add
        </Button>
      </div>
    </div>
  );
}
