import { Switch } from "@base-ui/react/switch";
import { type ReactNode, useId } from "react";
import styles from "./SwitchField.module.css";

/** A choice between on and off. */
export interface SwitchFieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** A switch with its label. */
export function SwitchField({ label, hint, isOn, onChange, isDisabled = false }: SwitchFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <Switch.Root
        className={styles.track}
        checked={isOn}
        onCheckedChange={onChange}
        disabled={isDisabled}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      >
        <Switch.Thumb className={styles.thumb} />
      </Switch.Root>
      <div>
        <span id={`${id}-label`} className={styles.label}>
          {label}
        </span>
        {hint !== undefined && (
          <p id={`${id}-hint`} className={styles.hint}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
