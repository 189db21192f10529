import { LedgerOutcome } from "#gen/streak/v1/ledger_service_pb.ts";
import { Notice } from "../../../components/Notice.tsx";
import { isProblem, problemOf } from "../../../errors.ts";
import { ChangePreview } from "./ChangePreview.tsx";
import type { Changed } from "./change.ts";
import { DecisionForm, type DecisionFormProps } from "./DecisionForm.tsx";
import { PreviewOutput } from "./PreviewOutput.tsx";
import type { Change } from "./use-change.ts";

/** A form that adds an entry to a user's ledger. */
export interface ChangeFormProps
  extends Pick<DecisionFormProps, "children" | "fields" | "example" | "label" | "onClose"> {
  readonly change: Change<Changed>;
  /** What is said when there is nothing to change. */
  readonly nothing: string;
  /** What is said when the change leaves all numbers of today as they are. */
  readonly unchanged: string;
  /** What is said when it is done. */
  readonly done: string;
  /** The server's code for a change that can't be made as things stand: then it is told why, and nobody is to blame. */
  readonly refusal?: string;
}

/** Asks why, tells how the streaks would change, and makes the change. */
export function ChangeForm({ change, nothing, unchanged, done, refusal, ...others }: ChangeFormProps) {
  const { isReady, preview, isOld, isMaking, error, make } = change;
  const isRefused = refusal !== undefined && isProblem(preview.error, refusal);
  const hasNothing = preview.data?.results[0]?.outcome === LedgerOutcome.NOTHING;
  return (
    <DecisionForm
      {...{ isMaking, ...others }}
      error={isRefused ? null : error}
      isReady={isReady && !hasNothing && !isRefused}
      preview={
        isRefused ? (
          <Refusal error={preview.error} isOld={isOld} />
        ) : (
          isReady && preview.error === null && <ChangePreview data={preview.data} {...{ isOld, nothing, unchanged }} />
        )
      }
      make={async (reason) => {
        const { results } = await make(reason);
        return results[0]?.outcome === LedgerOutcome.NOTHING ? nothing : done;
      }}
    />
  );
}

/** Why the change can't be made as things stand. */
function Refusal({
  error,
  isOld,
}: {
  readonly error: unknown;
  /** Whether it is about what the form had before. */
  readonly isOld: boolean;
}) {
  return (
    <PreviewOutput answer={problemOf(error)} isOld={isOld}>
      {({ message }) => (
        <Notice kind="warn">
          <bdi>{message}</bdi>
        </Notice>
      )}
    </PreviewOutput>
  );
}
