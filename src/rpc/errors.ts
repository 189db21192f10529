import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { codeFromString } from "@connectrpc/connect/protocol-connect";
import { ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";
import {
  type ErrorCode,
  errorCatalogue,
  INTERNAL_MESSAGE,
  isForOperator,
  RETRY_AFTER_SECONDS,
  StreakdError,
} from "../errors.ts";
import type { AnswerCode } from "../http/answer.ts";

/** The `domain` of our `google.rpc.ErrorInfo` details: who gives their reasons a meaning. */
const ERROR_DOMAIN = "streakd";

/**
 * What RPC answers for an error of the catalogue: its Connect code and message, and the code itself as the reason of a
 * `google.rpc.ErrorInfo`. `OVERLOADED` says when to come back, in the `retry-after` header (gRPC: trailer).
 */
export function toConnectError(error: StreakdError): ConnectError {
  const code = codeFromString(errorCatalogue[error.code].connect) ?? Code.Internal;
  return createError(error.message, code, error.code, error);
}

/** What an RPC error is counted by: the code that {@link toConnectError} or the error interceptor made it from. */
export function answerCodeOf(error: unknown): AnswerCode {
  const { cause, code } = ConnectError.from(error);
  if (cause instanceof StreakdError) {
    return cause.code;
  }
  return code === Code.Internal ? "INTERNAL" : "OTHER";
}

/** Learns of errors that the operator should know of, with the RPC's name such as `streak.v1.StreakService/RecordEvent`. */
export type ErrorReporter = (error: unknown, methodName: string) => void;

/**
 * What RPC answers for what a method throws: an error of the catalogue through {@link toConnectError}, a `ConnectError` as
 * it is, anything else as `internal` with a neutral message.
 *
 * @param wasStopped whether the caller is gone or its deadline over. That what was done for it stops is nobody's fault.
 */
export function asConnectError(
  error: unknown,
  method: DescMethod,
  wasStopped: boolean,
  onError: ErrorReporter,
): ConnectError {
  if (error instanceof ConnectError || (wasStopped && isAbort(error))) {
    return ConnectError.from(error);
  }
  if (isForOperator(error)) {
    onError(error, `${method.parent.typeName}/${method.name}`);
  }
  if (error instanceof StreakdError) {
    return toConnectError(error);
  }
  return createError(INTERNAL_MESSAGE, Code.Internal, "INTERNAL", error);
}

/** Creates the interceptor in which errors become RPC errors by {@link asConnectError}. */
export function createErrorInterceptor(onError: ErrorReporter): Interceptor {
  return (next) => async (req) => {
    const translate = (error: unknown): ConnectError => asConnectError(error, req.method, req.signal.aborted, onError);
    try {
      const res = await next(req);
      return res.stream ? { ...res, message: translateErrors(res.message, translate) } : res;
    } catch (error) {
      throw translate(error);
    }
  };
}

function createError(message: string, code: Code, reason: ErrorCode, cause?: unknown): ConnectError {
  const metadata = reason === "OVERLOADED" ? { "retry-after": String(RETRY_AFTER_SECONDS) } : undefined;
  const detail = { desc: ErrorInfoSchema, value: { reason, domain: ERROR_DOMAIN } };
  return new ConnectError(message, code, metadata, [detail], cause);
}

async function* translateErrors<T>(messages: AsyncIterable<T>, translate: (error: unknown) => ConnectError) {
  try {
    yield* messages;
  } catch (error) {
    throw translate(error);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
