import { Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isSignedOut } from "./errors.ts";

/** How long an answer counts as fresh, in milliseconds: going back and forth between pages asks nothing again. */
const FRESH_MS = 10_000;

/** How often a read is tried again when the server is busy or can't be reached. */
const MAX_RETRIES = 2;

const retriable = new Set([Code.Unavailable, Code.Unknown, Code.DeadlineExceeded]);
const listeners = new Set<() => void>();

/** Calls the server that the page came from. The browser adds the session's cookie. */
export const transport = createConnectTransport({
  baseUrl: location.origin,
  useHttpGet: true,
});

/** The same without GET, whose requests are part of the address: for requests that may be too long for one. */
export const postTransport = createConnectTransport({ baseUrl: location.origin });

/**
 * Keeps what was read, and tells when a call says that the session has ended. After each change everything on the screen is
 * read again, so that no page has to know what a change touches.
 */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({
    onError: noticeEnd,
    // Last, so that a page can leave first what the change has deleted.
    onSettled(_data, error) {
      if (error === null) {
        void queryClient.invalidateQueries();
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => failures < MAX_RETRIES && retriable.has(ConnectError.from(error).code),
    },
  },
});

/** Calls a listener whenever an answer says that the session has ended. Returns what ends that. */
export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function noticeEnd(error: unknown): void {
  if (isSignedOut(error)) {
    for (const listener of listeners) {
      listener();
    }
  }
}
