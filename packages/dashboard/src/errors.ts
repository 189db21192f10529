import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema } from "#gen/google/rpc/error_details_pb.ts";

/** What the dashboard shows of an error. */
export interface Problem {
  /** The server's code, such as `INVALID_BODY`; `UNREACHABLE` when no answer came, else Connect's code. */
  readonly code: string;
  /** The server's words: what is wrong, and how to mend it. */
  readonly message: string;
  /** The field of the request that is to blame, such as `project.name`; undefined when it is no field's fault. */
  readonly field: string | undefined;
}

const UNREACHABLE = "The server could not be reached. Check that streakd runs, and try again.";

/** Returns what to show of anything that was thrown. */
export function problemOf(error: unknown): Problem {
  const connectError = ConnectError.from(error);
  const reason = connectError.findDetails(ErrorInfoSchema)[0]?.reason;
  const field = connectError.findDetails(BadRequestSchema)[0]?.fieldViolations[0]?.field;
  if (reason === undefined && connectError.cause instanceof TypeError) {
    return { code: "UNREACHABLE", message: UNREACHABLE, field: undefined };
  }
  return { code: reason ?? Code[connectError.code], message: connectError.rawMessage, field };
}

/** Whether an error is one of the server's with this code. */
export function isProblem(error: unknown, code: string): boolean {
  return error != null && problemOf(error).code === code;
}

/** Whether the call would have needed a session, which there is none of, or no more. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unauthenticated;
}

/** The message of an error that blames this field, or a part of it; undefined when it blames another field or none. */
export function messageFor(error: unknown, field: string): string | undefined {
  const problem = error == null ? undefined : problemOf(error);
  const isBlamed =
    problem?.field === field || problem?.field?.startsWith(`${field}[`) || problem?.field?.startsWith(`${field}.`);
  return isBlamed ? problem?.message : undefined;
}

/** The message of an error that blames none of the fields of a form, which show theirs themselves. */
export function messageForNone(error: unknown, fields: readonly string[]): string | undefined {
  return error == null || fields.some((field) => messageFor(error, field) !== undefined)
    ? undefined
    : problemOf(error).message;
}
