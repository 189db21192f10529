import { WidgetSchema } from "#gen/streak/v1/project_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { TextField } from "../../../components/Field.tsx";
import { Options } from "../../../components/Options.tsx";
import { limitsOf } from "../../../limits.ts";
import { MODE_NAMES, MODES } from "../modes.ts";
import type { WidgetDraft } from "./draft.ts";
import styles from "./Editor.module.css";
import type { ProblemAt } from "./widget-form.ts";

/** What each part of the form gets. */
export interface PartProps {
  readonly draft: WidgetDraft;
  readonly set: (part: Partial<WidgetDraft>) => void;
  readonly problemAt: ProblemAt;
}

/** What is counted, and how. */
export function CountingCard({ draft, set, problemAt }: PartProps) {
  const { event, mode } = draft;
  return (
    <Card title="What counts">
      <div className={styles.fields}>
        <TextField
          label="Event"
          hint="What users do, such as lesson_done. Your app records it by this name, upper and lower case as here."
          value={event}
          onValue={(value) => set({ event: value })}
          onBlur={() => set({ event: event.trim() })}
          error={problemAt("event", event)}
          maxLength={limitsOf(WidgetSchema, "event").maxLength}
          required
          autoComplete="off"
          spellCheck={false}
        />
        <Options
          legend="Counting"
          type="radio"
          options={MODE_NAMES.map((name) => ({ value: name, label: MODES[name].label, about: MODES[name].about }))}
          isChosen={(value) => value === mode}
          onChange={(value) => set({ mode: value })}
        />
      </div>
    </Card>
  );
}
