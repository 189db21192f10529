import { Button } from "../../components/Button.tsx";
import { ConflictDialog } from "../../components/ConflictDialog.tsx";
import { Notice } from "../../components/Notice.tsx";
import { messageForNone } from "../../errors.ts";
import { LeaveDialog } from "../../leaving/LeaveDialog.tsx";
import type { Conflict, ProjectForm } from "./project-form.ts";
import styles from "./Settings.module.css";

/** The end of a form: the button that saves, and what is asked when somebody else was first, or one leaves unsaved. */
export function SaveBar({
  form,
  fields,
  isBlocked = false,
}: {
  readonly form: ProjectForm;
  /** The fields whose errors the form shows beside them, such as `project.name`. */
  readonly fields: readonly string[];
  /** Whether something that is typed can't be saved. */
  readonly isBlocked?: boolean;
}) {
  const { isChanged, isSaving, error, discard, conflicts } = form;
  const other = messageForNone(error, fields);
  return (
    <>
      {other !== undefined && <Notice kind="bad">{other}</Notice>}
      <div className={styles.save}>
        <Button type="submit" kind="primary" isBusy={isSaving} disabled={!isChanged || isBlocked}>
          Save changes
        </Button>
        <Button kind="quiet" onClick={discard} disabled={!isChanged || isSaving}>
          Discard
        </Button>
      </div>
      <ConflictDialog
        form={form}
        saveLabel={conflicts.some(isOfBoth) ? "Overwrite with mine" : "Save mine too"}
        onSave={form.overwrite}
      >
        <Conflicts all={conflicts} />
      </ConflictDialog>
      <LeaveDialog guard={form.guard} />
    </>
  );
}

function Conflicts({ all }: { readonly all: readonly Conflict[] }) {
  if (all.length === 0) {
    return <p className={styles.conflicts}>Nothing on this form. Yours can be saved beside it.</p>;
  }
  return (
    <dl className={styles.conflicts}>
      {all.map((conflict) => (
        <div key={conflict.label}>
          <dt>{conflict.label}</dt>
          <dd>
            <del>{conflict.before || "nothing"}</del> → <ins>{conflict.theirs || "nothing"}</ins>
            {isOfBoth(conflict) && <span className={styles.mine}> (yours: {conflict.mine || "nothing"})</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Whether both have changed the field, to different values. */
function isOfBoth({ before, theirs, mine }: Conflict): boolean {
  return mine !== before && mine !== theirs;
}
