import { Dialog as Base } from "@base-ui/react/dialog";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { problemOf } from "../errors.ts";
import { Button } from "./Button.tsx";
import styles from "./Dialog.module.css";
import { TextField } from "./Field.tsx";
import { CloseIcon } from "./icons.tsx";
import { Notice } from "./Notice.tsx";

/** A dialog over the page. */
export interface DialogProps {
  readonly isOpen: boolean;
  /** Is told when the dialog is to close: by its cross, by Escape, or by a click beside it. */
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly about?: ReactNode;
  /** Whether the dialog holds a table or two columns. */
  readonly isWide?: boolean;
  /** Whether a click beside the dialog leaves it open, because it shows what can't be shown again. */
  readonly isFirm?: boolean;
  readonly children: ReactNode;
}

/** A dialog over the page. It keeps the focus within, and gives it back when it closes. */
export function Dialog({ isOpen, onClose, title, about, isWide = false, isFirm = false, children }: DialogProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()} disablePointerDismissal={isFirm}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={`${styles.popup} ${isWide ? styles.wide : ""}`}>
          <header className={styles.header}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<Button kind="quiet" aria-label="Close" icon={<CloseIcon />} />} />
          </header>
          {about !== undefined && <Base.Description className={styles.about}>{about}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons at the end of a dialog, the main one last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}

/** A question before something is done. */
export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What happens, and whether it can be undone. */
  readonly about: ReactNode;
  /** The word on the button, such as `Delete project`. */
  readonly confirmLabel: string;
  /** What one must type first, such as the project's key; for what can't be undone. */
  readonly typed?: string;
  /** Does it. The dialog closes when it resolves, and shows the error when it rejects. */
  readonly onConfirm: () => Promise<unknown>;
}

/** Asks whether something is to be done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { isOpen, onClose, title, about } = props;
  return (
    <Dialog {...{ isOpen, onClose, title, about }}>
      <ConfirmForm {...props} />
    </Dialog>
  );
}

/** The form within, which is new each time the dialog opens. */
function ConfirmForm({ typed, confirmLabel, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);

  async function confirm(event: SubmitEvent) {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={confirm} className={styles.form}>
      {typed !== undefined && (
        <TextField
          label={
            <>
              Type <code>{typed}</code> to confirm
            </>
          }
          value={text}
          onValue={setText}
          autoComplete="off"
          spellCheck={false}
        />
      )}
      {error !== undefined && <Notice kind="bad">{problemOf(error).message}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" kind="danger" isBusy={isBusy} disabled={typed !== undefined && text !== typed}>
          {confirmLabel}
        </Button>
      </DialogActions>
    </form>
  );
}
