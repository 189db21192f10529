import type { DescMessage } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import { mapPath } from "../call/field-options.ts";
import { errorCatalogue } from "../error-catalogue.ts";
import { clip, MAX_MESSAGE_LENGTH, StreakdError } from "../errors.ts";

/** The `domain` of our `google.rpc.ErrorInfo` details: it says whose error codes the reasons are. */
const ERROR_DOMAIN = "streakd";

/**
 * The most characters of the description in a `BadRequest`, which is the message once more. With it all headers of gRPC's
 * longest error still fit into the 8 KiB that some clients take.
 */
const MAX_DESCRIPTION_LENGTH = 200;

/**
 * Returns an error of the pipeline as an RPC error. This is the one place where an error becomes an RPC's answer.
 *
 * An error of the catalogue has its Connect code and message, and the code itself as the reason of a
 * `google.rpc.ErrorInfo`. A field that is to blame is in a `google.rpc.BadRequest`. `OVERLOADED` and `RATE_LIMITED` say
 * when to try again, in a `google.rpc.RetryInfo` and in the `retry-after` header (gRPC: trailer). A
 * `TransportError` holds what Connect's library threw, or says that the client has gone. The library may quote text of
 * any length, and halves of surrogate pairs, which it can't write into a trailer.
 *
 * @param binary the request, when it is protobuf binary: its caller knows fields by their names in the proto. Without it
 *   fields have the names of JSON.
 */
export function toConnectError(error: unknown, binary?: DescMessage): ConnectError {
  if (!(error instanceof StreakdError)) {
    const { cause, message } = error as Error;
    return cause instanceof ConnectError ? writable(cause) : new ConnectError(message, Code.Canceled);
  }
  const code = codeFromString(errorCatalogue[error.code].connect) ?? Code.Internal;
  const { retryAfterSeconds } = error;
  const metadata = retryAfterSeconds === undefined ? undefined : { "retry-after": String(retryAfterSeconds) };
  return new ConnectError(error.message, code, metadata, detailsOf(error, binary), error);
}

function detailsOf({ code, field, message, retryAfterSeconds }: StreakdError, binary: DescMessage | undefined) {
  const info = { desc: ErrorInfoSchema, value: { reason: code, domain: ERROR_DOMAIN } };
  if (field !== undefined) {
    const path = binary === undefined ? field : mapPath(field, binary, ({ name }) => name);
    const violation = { field: path, description: clip(message, MAX_DESCRIPTION_LENGTH) };
    return [info, { desc: BadRequestSchema, value: { fieldViolations: [violation] } }];
  }
  return retryAfterSeconds === undefined
    ? [info]
    : [info, { desc: RetryInfoSchema, value: { retryDelay: { seconds: BigInt(retryAfterSeconds) } } }];
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
