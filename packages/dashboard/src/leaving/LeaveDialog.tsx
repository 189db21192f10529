import { Button } from "../components/Button.tsx";
import { Dialog, DialogActions } from "../components/Dialog.tsx";
import type { LeaveGuard } from "./leave-guard.ts";

/** Asks whether what was typed may be lost. */
export function LeaveDialog({ guard }: { readonly guard: LeaveGuard }) {
  const { isAsking, stay, leave } = guard;
  return (
    <Dialog
      isOpen={isAsking}
      onClose={stay}
      title="Leave without saving?"
      about="What you have changed here is not saved."
    >
      <DialogActions>
        <Button kind="danger" onClick={leave}>
          Leave and lose it
        </Button>
        <Button kind="primary" onClick={stay}>
          Stay here
        </Button>
      </DialogActions>
    </Dialog>
  );
}
