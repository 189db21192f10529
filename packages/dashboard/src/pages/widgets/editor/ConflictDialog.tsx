import { Button } from "../../../components/Button.tsx";
import { Dialog, DialogActions } from "../../../components/Dialog.tsx";
import { DifferenceList } from "./DifferenceList.tsx";
import styles from "./Editor.module.css";
import type { WidgetForm } from "./widget-form.ts";

/** Tells that somebody else has saved first, and what. */
export function ConflictDialog({ form }: { readonly form: WidgetForm }) {
  const { isOutdated, theirs, takeTheirs, putOnTop, keepEditing, isSaving } = form;
  return (
    <Dialog
      isOpen={isOutdated}
      onClose={keepEditing}
      isWide
      title="Somebody else has changed this project"
      about="Your changes are not saved yet. What you have not changed stays as they saved it:"
    >
      {theirs.length === 0 ? (
        <p className={styles.differences}>Nothing about the widgets. Yours can be saved beside it.</p>
      ) : (
        <DifferenceList all={theirs} />
      )}
      <DialogActions>
        <Button onClick={takeTheirs}>Take theirs, drop mine</Button>
        <Button kind="primary" isBusy={isSaving} onClick={putOnTop}>
          Put mine on top
        </Button>
      </DialogActions>
    </Dialog>
  );
}
