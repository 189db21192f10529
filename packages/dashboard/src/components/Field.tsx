import { type ComponentProps, type ReactNode, useId } from "react";
import { lengthOf } from "../limits.ts";
import styles from "./Field.module.css";

/** What every field of a form has. */
interface FieldProps {
  readonly label: ReactNode;
  /** What to type, and what it is for. */
  readonly hint?: ReactNode;
  /** What is wrong with the value; undefined or empty when nothing is. */
  readonly error?: string | undefined;
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** The most characters; 0 or undefined when there is no limit. The field counts them, and says when there are too many. */
  readonly maxLength?: number | undefined;
}

type Input = Omit<ComponentProps<"input">, keyof FieldProps | "onChange" | "className">;
type TextArea = Omit<ComponentProps<"textarea">, keyof FieldProps | "onChange" | "className">;

/** A field of one line. */
export function TextField({ label, hint, error, value, onValue, maxLength, ...others }: FieldProps & Input) {
  const ids = useIds();
  return (
    <FieldFrame {...{ label, hint, error, value, maxLength, ids, isRequired: others.required }}>
      <input
        type="text"
        {...others}
        {...ariaOf(ids, hint, error, value, maxLength)}
        className={styles.input}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    </FieldFrame>
  );
}

/** A field of several lines. */
export function TextAreaField({ label, hint, error, value, onValue, maxLength, ...others }: FieldProps & TextArea) {
  const ids = useIds();
  return (
    <FieldFrame {...{ label, hint, error, value, maxLength, ids, isRequired: others.required }}>
      <textarea
        rows={3}
        {...others}
        {...ariaOf(ids, hint, error, value, maxLength)}
        className={`${styles.input} ${styles.area}`}
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    </FieldFrame>
  );
}

/** A choice of one of several values. */
export function SelectField<Value extends string>({
  label,
  hint,
  error,
  value,
  onValue,
  options,
  ...others
}: Omit<FieldProps, "maxLength" | "value" | "onValue"> & {
  readonly value: Value;
  readonly onValue: (value: Value) => void;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
} & Omit<ComponentProps<"select">, "value" | "onChange" | "className">) {
  const ids = useIds();
  return (
    <FieldFrame {...{ label, hint, error, value, maxLength: undefined, ids, isRequired: others.required }}>
      <select
        {...others}
        {...ariaOf(ids, hint, error, value, undefined)}
        className={`${styles.input} ${styles.select}`}
        value={value}
        onChange={({ target }) => {
          const chosen = options.find((option) => option.value === target.value);
          if (chosen !== undefined) {
            onValue(chosen.value);
          }
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

interface Ids {
  readonly control: string;
  readonly hint: string;
  readonly error: string;
}

function useIds(): Ids {
  const id = useId();
  return { control: id, hint: `${id}-hint`, error: `${id}-error` };
}

function ariaOf(ids: Ids, hint: ReactNode, error: string | undefined, value: string, maxLength: number | undefined) {
  const isWrong = Boolean(error) || isTooLong(value, maxLength);
  const describedBy = [hint !== undefined && ids.hint, isWrong && ids.error].filter(Boolean).join(" ");
  return {
    id: ids.control,
    "aria-invalid": isWrong || undefined,
    "aria-describedby": describedBy === "" ? undefined : describedBy,
  };
}

function isTooLong(value: string, maxLength: number | undefined): boolean {
  return maxLength !== undefined && maxLength > 0 && lengthOf(value) > maxLength;
}

interface FrameProps {
  readonly label: ReactNode;
  readonly hint: ReactNode;
  readonly error: string | undefined;
  readonly value: string;
  readonly maxLength: number | undefined;
  readonly isRequired: boolean | undefined;
  readonly ids: Ids;
  readonly children: ReactNode;
}

function FieldFrame({ label, hint, error, value, maxLength, isRequired, ids, children }: FrameProps) {
  const tooLong = isTooLong(value, maxLength) ? `At most ${maxLength} characters.` : undefined;
  const shown = error || tooLong;
  return (
    <div className={styles.field}>
      <div className={styles.head}>
        <label htmlFor={ids.control}>{label}</label>
        {isRequired && (
          <span className={styles.required} aria-hidden="true">
            required
          </span>
        )}
        {maxLength !== undefined && maxLength > 0 && (
          <span className={tooLong ? styles.over : styles.count}>
            {lengthOf(value)} / {maxLength}
          </span>
        )}
      </div>
      {children}
      {hint !== undefined && (
        <p id={ids.hint} className={styles.hint}>
          {hint}
        </p>
      )}
      {shown && (
        <p id={ids.error} className={styles.error} role="alert">
          {shown}
        </p>
      )}
    </div>
  );
}
