import { parseTimeout as connectTimeout } from "@connectrpc/connect/protocol-connect";
import { parseTimeout as grpcTimeout } from "@connectrpc/connect/protocol-grpc";

/**
 * The longest delay that a timer of Node can have, in milliseconds: some 24 days. A longer timer would end at once, so
 * a longer deadline counts as none, as with Connect.
 */
export const MAX_TIMER_MS = 2 ** 31 - 1;

/** Removes the headers of a deadline that no timer can wait for: such a call has no deadline. */
export function dropEndlessTimeouts(header: Headers): void {
  for (const [name, parse] of [
    ["connect-timeout-ms", connectTimeout],
    ["grpc-timeout", grpcTimeout],
  ] as const) {
    const { timeoutMs } = parse(header.get(name), Number.POSITIVE_INFINITY);
    if (timeoutMs !== undefined && timeoutMs > MAX_TIMER_MS) {
      header.delete(name);
    }
  }
}
