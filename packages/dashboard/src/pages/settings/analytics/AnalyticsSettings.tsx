import type { SubmitEvent } from "react";
import type { Project } from "#gen/streak/v1/project_pb.ts";
import { Card } from "../../../components/Card.tsx";
import { TextAreaField } from "../../../components/Field.tsx";
import { SwitchField } from "../../../components/SwitchField.tsx";
import { messageFor } from "../../../errors.ts";
import { plural } from "../../../format.ts";
import { useProjectForm } from "../project-form.ts";
import { SaveBar } from "../SaveBar.tsx";
import styles from "../Settings.module.css";
import { ANALYTICS, KEY_LIMITS, keysOf, problemsOfKeys } from "./analytics-form.ts";

const FIELD = "project.analytics";

/** The form about what is kept and counted for analytics beyond the events that count. */
export function AnalyticsSettings({ project }: { readonly project: Project }) {
  const form = useProjectForm(project, ANALYTICS);
  const { draft, set, error } = form;
  const keys = keysOf(draft.metaKeys);
  const problems = problemsOfKeys(keys);

  function save(event: SubmitEvent) {
    event.preventDefault();
    void form.save();
  }

  return (
    <form className={styles.page} onSubmit={save}>
      <Card title="Repeats" about="The first event of a day counts for the streak. Later ones of that day repeat it.">
        <SwitchField
          label="Keep repeats"
          hint="Keeps the later ones too, with their meta and sessionId, for the counts of sessions and of values. They never change a streak. Each takes space and a write of its own, so a user who repeats ten times a day costs about ten times as much. Holds for events from now on."
          isOn={draft.keepRepeats}
          onChange={(keepRepeats) => set({ keepRepeats })}
        />
      </Card>
      <Card
        title="Values of meta"
        about="The overview counts how many events have each value of these keys of their meta."
      >
        <TextAreaField
          label="Keys"
          hint={`One on each line, such as plan or country. ${plural(keys.length, "key", "keys")} of at most ${KEY_LIMITS.maxItems}, each with at most ${KEY_LIMITS.maxLength} characters. Choose keys with few values: a month in which a key has more than 1,000 is not counted. A change counts everything again, which takes a while for a large project.`}
          value={draft.metaKeys}
          onValue={(metaKeys) => set({ metaKeys })}
          error={problems.join(" ") || messageFor(error, FIELD)}
          rows={KEY_LIMITS.maxItems}
          autoCapitalize="none"
          spellCheck={false}
        />
      </Card>
      <SaveBar form={form} fields={[FIELD]} isBlocked={problems.length > 0} />
    </form>
  );
}
