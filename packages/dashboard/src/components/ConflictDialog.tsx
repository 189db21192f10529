import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { Dialog, DialogActions } from "./Dialog.tsx";

/** What a form about a project has, as far as the dialog needs it. */
export interface OutdatedForm {
  /** Whether somebody else has saved first. */
  readonly isOutdated: boolean;
  readonly isSaving: boolean;
  takeTheirs(): void;
  keepEditing(): void;
}

/** Tells that somebody else has saved first, and what: the children. */
export function ConflictDialog({
  form: { isOutdated, isSaving, takeTheirs, keepEditing },
  saveLabel,
  onSave,
  children,
}: {
  readonly form: OutdatedForm;
  readonly saveLabel: string;
  readonly onSave: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Dialog
      isOpen={isOutdated}
      onClose={keepEditing}
      isWide
      title="Somebody else has changed this project"
      about="Your changes are not saved yet. What you have not changed stays as they saved it:"
    >
      {children}
      <DialogActions>
        <Button onClick={takeTheirs}>Take theirs, drop mine</Button>
        <Button kind="primary" isBusy={isSaving} onClick={onSave}>
          {saveLabel}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
