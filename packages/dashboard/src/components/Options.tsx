import { type ReactNode, useId } from "react";
import styles from "./Options.module.css";

/** One of several things to choose. */
export interface Option<Value> {
  readonly value: Value;
  readonly label: ReactNode;
  /** What choosing it means, below it. */
  readonly about: string;
}

/** Several things to choose, one or any number of them, all in sight. */
export interface OptionsProps<Value> {
  readonly legend: string;
  /** `radio` for one of them, `checkbox` for any number. */
  readonly type: "radio" | "checkbox";
  readonly options: readonly Option<Value>[];
  readonly isChosen: (value: Value) => boolean;
  readonly onChange: (value: Value, isChosen: boolean) => void;
}

/** A list of options with a line about each. */
export function Options<Value extends string | number>({
  legend,
  type,
  options,
  isChosen,
  onChange,
}: OptionsProps<Value>) {
  const id = useId();
  return (
    <fieldset className={styles.options}>
      <legend>{legend}</legend>
      {options.map(({ value, label, about }) => (
        <div key={value} className={styles.option}>
          <input
            type={type}
            name={id}
            id={`${id}-${value}`}
            aria-describedby={`${id}-${value}-about`}
            checked={isChosen(value)}
            onChange={({ target }) => onChange(value, target.checked)}
          />
          <label htmlFor={`${id}-${value}`}>{label}</label>
          <span id={`${id}-${value}-about`}>{about}</span>
        </div>
      ))}
    </fieldset>
  );
}
