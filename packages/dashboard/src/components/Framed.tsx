import type { ReactNode } from "react";
import { ErrorState } from "./States.tsx";

/** What a query of connect-query has, as far as what shows it needs. */
export interface Loading<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  refetch(): unknown;
}

/**
 * Shows what a query has read, and until then that it is loaded, or why it could not be. When it is read again and that
 * fails, what is there stays.
 */
export function Framed<Data>({
  query: { data, error, refetch },
  skeleton,
  children,
}: {
  readonly query: Loading<Data>;
  /** What stands there while it is loaded, about as high as what comes. */
  readonly skeleton: ReactNode;
  readonly children: (data: Data) => ReactNode;
}) {
  if (data !== undefined) {
    return children(data);
  }
  return error == null ? skeleton : <ErrorState error={error} onRetry={refetch} />;
}
