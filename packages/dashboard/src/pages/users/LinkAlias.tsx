import { useState } from "react";
import { Dialog } from "../../components/Dialog.tsx";
import { LinkConfirm } from "./LinkConfirm.tsx";
import { LinkName } from "./LinkName.tsx";

/** The dialog that links another name to a user: first which name, then what that would change. */
export function LinkAlias({
  siteKey,
  userHash,
  isOpen,
  onClose,
}: {
  readonly siteKey: string;
  /** The user that the name is to lead to. */
  readonly userHash: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title="Link an alias"
      about="From then on, what is recorded under the other name counts for this user. A link can’t be undone."
    >
      <Steps siteKey={siteKey} userHash={userHash} onClose={onClose} />
    </Dialog>
  );
}

/** The steps, which begin anew each time the dialog opens. */
function Steps(props: { readonly siteKey: string; readonly userHash: string; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const [isChosen, setChosen] = useState(false);

  function choose(chosen: string) {
    setName(chosen);
    setError(undefined);
    setChosen(true);
  }

  function refuse(message: string) {
    setError(message);
    setChosen(false);
  }

  return isChosen ? (
    <LinkConfirm {...props} anonymousId={name} onBack={() => setChosen(false)} onRefused={refuse} />
  ) : (
    <LinkName {...props} initial={name} refusal={error} onChoose={choose} />
  );
}
