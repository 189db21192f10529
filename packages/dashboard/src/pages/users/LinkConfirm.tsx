import { useMutation, useQuery } from "@connectrpc/connect-query";
import { type SubmitEvent, useState } from "react";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { Button } from "../../components/Button.tsx";
import { DialogActions } from "../../components/Dialog.tsx";
import { TextField } from "../../components/Field.tsx";
import { Notice } from "../../components/Notice.tsx";
import { SkeletonLines } from "../../components/States.tsx";
import { toastDone } from "../../components/Toast.tsx";
import { isProblem, problemOf } from "../../errors.ts";
import styles from "./LinkAlias.module.css";
import { LinkPreview } from "./LinkPreview.tsx";

/** A name to link, and what becomes of it. */
interface LinkConfirmProps {
  readonly siteKey: string;
  readonly anonymousId: string;
  readonly userHash: string;
  readonly onBack: () => void;
  readonly onClose: () => void;
  /** Is told why the server refuses the name. */
  readonly onRefused: (message: string) => void;
}

/** Shows what a link would change, and makes it once the name is typed again. */
export function LinkConfirm({ siteKey, anonymousId, userHash, onBack, onClose, onRefused }: LinkConfirmProps) {
  const [typed, setTyped] = useState("");
  const preview = useQuery(AdminService.method.getUser, { siteKey, userHash: anonymousId }, { staleTime: 0 });
  const { mutateAsync, isPending, error } = useMutation(AdminService.method.aliasUser);
  const visitor = preview.data?.user;
  const isKnown = visitor !== undefined || isProblem(preview.error, "NOT_FOUND");
  const isLinked = visitor?.userHash === userHash;

  async function link(event: SubmitEvent) {
    event.preventDefault();
    try {
      await mutateAsync({ siteKey, anonymousId, userHash });
    } catch (thrown) {
      const { field, message } = problemOf(thrown);
      return field === undefined ? undefined : onRefused(message);
    }
    toastDone("The alias is linked.");
    onClose();
  }

  if (!isKnown && preview.error === null) {
    return (
      <div className={styles.form}>
        <SkeletonLines lines={4} />
      </div>
    );
  }
  return (
    <form className={styles.form} onSubmit={link}>
      {isKnown ? (
        <LinkPreview anonymousId={anonymousId} userHash={userHash} visitor={visitor} />
      ) : (
        <Notice kind="bad">{problemOf(preview.error).message}</Notice>
      )}
      {isKnown && !isLinked && (
        <TextField
          label="Type the other name again to confirm"
          value={typed}
          onValue={setTyped}
          error={typed.length >= anonymousId.length && typed !== anonymousId ? "This is not the same name." : undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
      )}
      {error !== null && <Notice kind="bad">{problemOf(error).message}</Notice>}
      <DialogActions>
        <Button onClick={onBack}>Back</Button>
        {isLinked ? (
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        ) : (
          <Button type="submit" kind="danger" isBusy={isPending} disabled={!isKnown || typed !== anonymousId}>
            Link for good
          </Button>
        )}
      </DialogActions>
    </form>
  );
}
