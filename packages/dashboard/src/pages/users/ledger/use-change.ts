import type { DescMessage, DescMethodUnary, Message, MessageInitShape } from "@bufbuild/protobuf";
import { useMutation, useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { useSettled } from "../../../use-settled.ts";
import type { Changed } from "./change.ts";

/** The reason of a preview, which nothing keeps. */
const PREVIEW_REASON = "Preview";

/** A change of a ledger that a form is about: what it would do, and what makes it. */
export interface Change {
  /** Whether the fields have all that is needed. */
  readonly isReady: boolean;
  /** What the change would do, as the server has told last. */
  readonly preview: { readonly data: Changed | undefined; readonly error: unknown };
  /** Whether the preview is not yet of what the fields have. */
  readonly isOld: boolean;
  /** What the server has refused last, when the change was made or looked at; null when nothing. */
  readonly error: unknown;
  /** Whether the change is being made. */
  readonly isMaking: boolean;
  /** Makes the change. Rejects with what the server refuses. */
  readonly make: (reason: string) => Promise<Changed>;
}

/**
 * Asks the server what a change of a user's ledger would do, each time that the fields of its form have changed, and
 * makes it when it is told to.
 *
 * @param method one of `LedgerService` that changes ledgers
 * @param change the request without its reason; undefined while the fields do not have all that is needed
 */
export function useChange<Request extends DescMessage, Response extends DescMessage>(
  method: DescMethodUnary<Request, Response>,
  change: MessageInitShape<Request> | undefined,
): Change {
  const { settled, isOld } = useSettled(change);
  // Every one of these methods has these fields, and answers with results.
  const requestOf = (fields: object) => fields as MessageInitShape<Request>;
  const changedOf = (answer: Message) => answer as Message & Changed;
  const preview = useQuery(method, settled && requestOf({ ...settled, reason: PREVIEW_REASON, validateOnly: true }), {
    enabled: settled !== undefined,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const { mutateAsync, error, isPending } = useMutation(method);
  return {
    isReady: change !== undefined,
    preview: { data: preview.data && changedOf(preview.data), error: preview.error },
    isOld: isOld || preview.isFetching,
    error: error ?? preview.error,
    isMaking: isPending,
    make: async (reason) => changedOf(await mutateAsync(requestOf({ ...change, reason }))),
  };
}
