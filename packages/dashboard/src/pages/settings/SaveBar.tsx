import { useEffect } from "react";
import { Button } from "../../components/Button.tsx";
import { Dialog, DialogActions } from "../../components/Dialog.tsx";
import { Notice } from "../../components/Notice.tsx";
import { messageForNone } from "../../errors.ts";
import type { Conflict, ProjectForm } from "./project-form.ts";
import styles from "./Settings.module.css";

/** The end of a form: the button that saves, and what is asked when somebody else has saved first. */
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
  const { isChanged, isSaving, error, discard } = form;
  const other = messageForNone(error, fields);
  useWarningBeforeLeaving(isChanged);
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
      <ConflictDialog form={form} />
    </>
  );
}

/** Lets the browser ask before it closes the page with what was typed. */
function useWarningBeforeLeaving(isChanged: boolean): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    if (isChanged) {
      addEventListener("beforeunload", warn);
    }
    return () => removeEventListener("beforeunload", warn);
  }, [isChanged]);
}

function ConflictDialog({ form }: { readonly form: ProjectForm }) {
  const { isOutdated, conflicts, takeTheirs, overwrite, keepEditing, isSaving } = form;
  return (
    <Dialog
      isOpen={isOutdated}
      onClose={keepEditing}
      isWide
      title="Somebody else has changed this project"
      about="Your changes are not saved yet. This is what has changed since you opened the page:"
    >
      {conflicts.length === 0 ? (
        <p className={styles.conflicts}>Nothing on this form. Yours can be saved beside it.</p>
      ) : (
        <Conflicts all={conflicts} />
      )}
      <DialogActions>
        <Button onClick={() => takeTheirs()}>Take theirs, drop mine</Button>
        <Button kind="primary" isBusy={isSaving} onClick={overwrite}>
          {conflicts.length === 0 ? "Save mine too" : "Overwrite with mine"}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Conflicts({ all }: { readonly all: readonly Conflict[] }) {
  return (
    <dl className={styles.conflicts}>
      {all.map(({ label, before, theirs, mine }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <del>{before || "nothing"}</del> → <ins>{theirs || "nothing"}</ins>
            {mine !== before && mine !== theirs && <span className={styles.mine}> (yours: {mine || "nothing"})</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
