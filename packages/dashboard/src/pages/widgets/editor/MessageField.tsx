import { useRef } from "react";
import { WidgetSettingsSchema } from "#gen/streak/v1/project_pb.ts";
import { TextAreaField } from "../../../components/Field.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { limitsOf } from "../../../limits.ts";
import { DEFAULTS } from "./draft.ts";
import styles from "./Editor.module.css";
import { PLACEHOLDERS, unknownPlaceholders } from "./placeholders.ts";

/** The main message. Its placeholders are put in at the cursor by a click. */
export function MessageField({
  value,
  onValue,
  error,
}: {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | undefined;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const unknown = unknownPlaceholders(value);

  function insert(name: string) {
    const { selectionStart = value.length, selectionEnd = value.length } = area.current ?? {};
    onValue(`${value.slice(0, selectionStart)}{${name}}${value.slice(selectionEnd)}`);
    area.current?.focus();
  }

  return (
    <div className={styles.message}>
      <TextAreaField
        ref={area}
        label="Message"
        hint={`“${DEFAULTS.mainMessage}” is said in the visitor’s language. Words of your own are shown as they are.`}
        value={value}
        // The server takes no line breaks.
        onValue={(typed) => onValue(typed.replaceAll(/[\r\n]+/g, " "))}
        error={error}
        maxLength={limitsOf(WidgetSettingsSchema, "mainMessage").maxLength}
        rows={2}
      />
      <ul className={styles.placeholders} aria-label="Placeholders">
        {Object.entries(PLACEHOLDERS).map(([name, about]) => (
          <li key={name}>
            <button type="button" className={styles.placeholder} onClick={() => insert(name)}>
              <code>{`{${name}}`}</code>
            </button>{" "}
            {about}
          </li>
        ))}
      </ul>
      {unknown.length > 0 && (
        <Notice kind="warn">
          The widget does not know {unknown.map((name) => `{${name}}`).join(", ")}, and shows it as it is.
        </Notice>
      )}
    </div>
  );
}
