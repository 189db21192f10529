import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { clip, errorCatalogue, MAX_MESSAGE_LENGTH, RETRY_AFTER_SECONDS, StreakdError } from "../errors.ts";

/** The `domain` of our `google.rpc.ErrorInfo` details: it says whose error codes the reasons are. */
const ERROR_DOMAIN = "streakd";

/**
 * Returns an error of the pipeline as an RPC error. This is the one place where an error becomes an RPC's answer.
 *
 * An error of the catalogue has its Connect code and message, and the code itself as the reason of a
 * `google.rpc.ErrorInfo`. `OVERLOADED` says when to try again, in the `retry-after` header (gRPC: trailer). A
 * `TransportError` holds what Connect's library threw, or says that the client has gone. The library may quote text of
 * any length, and halves of surrogate pairs, which it can't write into a trailer.
 */
export function toConnectError(error: unknown): ConnectError {
  if (!(error instanceof StreakdError)) {
    const { cause, message } = error as Error;
    return cause instanceof ConnectError ? writable(cause) : new ConnectError(message, Code.Canceled);
  }
  const code = codeFromString(errorCatalogue[error.code].connect) ?? Code.Internal;
  const metadata = error.code === "OVERLOADED" ? { "retry-after": String(RETRY_AFTER_SECONDS) } : undefined;
  const detail = { desc: ErrorInfoSchema, value: { reason: error.code, domain: ERROR_DOMAIN } };
  return new ConnectError(error.message, code, metadata, [detail], error);
}

/** Returns the error with a message that every protocol can carry. */
function writable(error: ConnectError): ConnectError {
  const message = clip(error.rawMessage, MAX_MESSAGE_LENGTH);
  if (message === error.rawMessage) {
    return error;
  }
  const written = new ConnectError(message, error.code, error.metadata, undefined, error.cause);
  written.details = error.details;
  return written;
}
