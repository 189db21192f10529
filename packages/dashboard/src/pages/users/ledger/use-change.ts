import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { useMutation, useQuery } from "@connectrpc/connect-query";
import { keepPreviousData } from "@tanstack/react-query";
import { useSettled } from "../../../use-settled.ts";

/** The reason of a preview, which nothing keeps. */
const PREVIEW_REASON = "Preview";

/** A change that a form is about: what it would do, and what makes it. */
export interface Change<Answer> {
  /** Whether the fields have all that is needed. */
  readonly isReady: boolean;
  /** What the change would do, as the server has told last. */
  readonly preview: { readonly data: Answer | undefined; readonly error: unknown };
  /** Whether the preview is not yet of what the fields have. */
  readonly isOld: boolean;
  /** What the server has refused last, when the change was made or looked at; null when nothing. */
  readonly error: unknown;
  /** Whether the change is being made. */
  readonly isMaking: boolean;
  /** Makes the change. Rejects with what the server refuses. */
  readonly make: (reason: string) => Promise<Answer>;
}

/**
 * Asks the server what a change of a user would do, each time that the fields of its form have changed. Makes the
 * change when it is told to.
 *
 * @param method one whose request has a `reason` and `validateOnly`
 * @param change the request without its reason; undefined while the fields do not have all that is needed
 */
export function useChange<Request extends DescMessage, Response extends DescMessage>(
  method: DescMethodUnary<Request, Response>,
  change: MessageInitShape<Request> | undefined,
): Change<MessageShape<Response>> {
  const { settled, isOld } = useSettled(change);
  const requestOf = (fields: object) => fields as MessageInitShape<Request>;
  const preview = useQuery(method, settled && requestOf({ ...settled, reason: PREVIEW_REASON, validateOnly: true }), {
    enabled: settled !== undefined,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const { mutateAsync, error, isPending } = useMutation(method);
  return {
    isReady: change !== undefined,
    preview: { data: preview.data, error: preview.error },
    isOld: isOld || preview.isFetching,
    error: error ?? preview.error,
    isMaking: isPending,
    make: (reason) => mutateAsync(requestOf({ ...change, reason })),
  };
}
