import { Button } from "../../../components/Button.tsx";
import { Dialog, DialogActions } from "../../../components/Dialog.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { DifferenceList } from "./DifferenceList.tsx";
import { toDraft, unitOf } from "./draft.ts";
import styles from "./Editor.module.css";
import type { WidgetForm } from "./widget-form.ts";

/** Shows what is about to be changed, and saves it. */
export function ReviewDialog({
  form,
  event,
  isOpen,
  onClose,
}: {
  readonly form: WidgetForm;
  /** The event of the widget as it is saved; undefined for a new widget. */
  readonly event: string | undefined;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { changes, isSaving, save, draft, saved } = form;
  const [before, after] = [saved && unitOf(toDraft(saved)), unitOf(draft)];

  async function saveAndClose() {
    await save();
    onClose();
  }

  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      isWide
      title="Review changes"
      about={
        event === undefined ? "A new widget, which is live as soon as it is saved:" : "Live as soon as they are saved:"
      }
    >
      <DifferenceList all={changes} />
      {event !== undefined && event !== draft.event && (
        <div className={styles.warning}>
          <Notice kind="warn">
            The days that are recorded stay with <bdi>{event}</bdi>. Pages that still record or show <bdi>{event}</bdi>{" "}
            are refused.
          </Notice>
        </div>
      )}
      {before !== undefined && before !== after && draft.milestones.length > 0 && (
        <div className={styles.warning}>
          <Notice kind="warn">
            The numbers of the milestones were {before}s, and are {after}s after the change. Streaks keep their numbers.
          </Notice>
        </div>
      )}
      <DialogActions>
        <Button onClick={onClose}>Keep editing</Button>
        <Button kind="primary" isBusy={isSaving} onClick={saveAndClose}>
          Save
        </Button>
      </DialogActions>
    </Dialog>
  );
}
