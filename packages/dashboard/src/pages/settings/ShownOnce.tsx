import { Button } from "../../components/Button.tsx";
import { CodeBlock } from "../../components/CodeBlock.tsx";
import { Dialog, DialogActions } from "../../components/Dialog.tsx";
import { Notice } from "../../components/Notice.tsx";
import styles from "./Settings.module.css";

/** Shows a secret, the only time that it can be seen. A click beside the dialog leaves it open. */
export function ShownOnce({
  title,
  secret,
  onClose,
}: {
  readonly title: string;
  /** Undefined while there is none to show. */
  readonly secret: string | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Dialog isOpen={secret !== undefined} onClose={onClose} title={title} isFirm>
      <div className={styles.secret}>
        <Notice kind="warn">Copy it now: it can’t be shown again. Keep it where you keep passwords.</Notice>
        <CodeBlock code={secret ?? ""} label="The secret" />
        <DialogActions>
          <Button kind="primary" onClick={onClose}>
            I have copied it
          </Button>
        </DialogActions>
      </div>
    </Dialog>
  );
}
