import { useEffect, useRef } from "react";
import { Button } from "../../../components/Button.tsx";
import { DatesField } from "../../../components/DatesField.tsx";
import { TextField } from "../../../components/Field.tsx";
import { TrashIcon } from "../../../components/icons.tsx";
import styles from "../Settings.module.css";
import { type ListDraft, MAX_NAME_LENGTH } from "./holidays-form.ts";

/** One list of holidays. While a widget uses it, it keeps its name and can't be removed. */
export function ListCard({
  list: { name, dates },
  isNew,
  usedBy,
  problems,
  onChange,
  onRemove,
}: {
  readonly list: ListDraft;
  /** Whether it was just added, so that one types its name next. */
  readonly isNew: boolean;
  /** The events of the widgets whose rules name it. */
  readonly usedBy: readonly string[];
  readonly problems: { readonly name: string | undefined; readonly dates: string | undefined };
  readonly onChange: (part: Partial<ListDraft>) => void;
  readonly onRemove: () => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isNew) {
      field.current?.focus();
    }
  }, [isNew]);
  const isUsed = usedBy.length > 0;
  return (
    <li>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset takes no part in a grid. */}
      <div role="group" aria-label={name.trim() || "New list"} className={styles.list}>
        <TextField
          ref={field}
          label="Name"
          hint={isUsed ? `In the rules of ${usedBy.join(", ")}, so it keeps its name.` : "Such as Bavaria."}
          value={name}
          onValue={(typed) => onChange({ name: typed })}
          // An empty name is not wrong yet.
          error={name.trim() === "" ? undefined : problems.name}
          maxLength={MAX_NAME_LENGTH}
          disabled={isUsed}
          required
          autoComplete="off"
        />
        <DatesField
          label="Dates"
          hint={
            isUsed
              ? "Dates that are over can’t be added or removed, since a widget uses the list."
              : "Days off of all users."
          }
          value={dates}
          onValue={(typed) => onChange({ dates: typed })}
          error={problems.dates}
        />
        <div>
          <Button kind="danger" icon={<TrashIcon />} onClick={onRemove} disabled={isUsed}>
            Remove the list
          </Button>
          {isUsed && <p className={styles.muted}>Take it out of the rules of {usedBy.join(", ")} first.</p>}
        </div>
      </div>
    </li>
  );
}
