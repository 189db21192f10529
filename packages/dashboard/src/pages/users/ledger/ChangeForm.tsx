import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import { ChangePreview } from "./ChangePreview.tsx";
import { DecisionForm, type DecisionFormProps } from "./DecisionForm.tsx";
import type { Change } from "./use-change.ts";

/** A form that adds an entry to a user's ledger. */
export interface ChangeFormProps
  extends Pick<DecisionFormProps, "children" | "fields" | "example" | "label" | "onClose"> {
  readonly change: Change;
  /** What is said when there is nothing to change. */
  readonly nothing: string;
  /** What is said when the change leaves all numbers of today as they are. */
  readonly unchanged: string;
  /** What is said when it is done. */
  readonly done: string;
}

/** Asks why, tells how the streaks would change, and makes the change. */
export function ChangeForm({ change, nothing, unchanged, done, ...others }: ChangeFormProps) {
  const { isReady, preview, isOld, isMaking, error, make } = change;
  const hasNothing = preview.data?.results[0]?.outcome === LedgerOutcome.NOTHING;
  return (
    <DecisionForm
      {...{ isMaking, error, ...others }}
      isReady={isReady && !hasNothing}
      preview={
        isReady && preview.error === null && <ChangePreview data={preview.data} {...{ isOld, nothing, unchanged }} />
      }
      make={async (reason) => {
        const { results } = await make(reason);
        return results[0]?.outcome === LedgerOutcome.NOTHING ? nothing : done;
      }}
    />
  );
}
