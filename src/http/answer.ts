import { type ErrorCode, errorCatalogue } from "../error-catalogue.ts";
import { INTERNAL_MESSAGE, StreakdError } from "../errors.ts";
import type { Answer } from "./message.ts";

/**
 * Returns an error as JSON, `{"error": CODE, "message": …}`, with its `field` if it has one, and the catalogue's
 * status. This is the one place where an error becomes an HTTP answer outside RPC. An error outside the catalogue is
 * answered as INTERNAL without its message, which only the log shows.
 *
 * @param allow for a METHOD_NOT_ALLOWED: the methods that are allowed
 */
export function errorAnswer(error: unknown, allow?: readonly string[]): Answer {
  const known = error instanceof StreakdError ? error : undefined;
  const code = known?.code ?? "INTERNAL";
  return {
    status: errorCatalogue[code].http,
    headers: {
      "Content-Type": "application/json",
      ...(known?.retryAfterSeconds !== undefined && { "Retry-After": known.retryAfterSeconds }),
      ...(allow !== undefined && { Allow: allow.join(", ") }),
    },
    body: errorBody(code, known?.message ?? INTERNAL_MESSAGE, known?.field),
    isOriginRefused: code === "FORBIDDEN_ORIGIN",
  };
}

/** The refusal of an HTTP method that a path does not have. */
export function methodNotAllowed(allow: readonly string[], subject = "This path"): Answer {
  return errorAnswer(new StreakdError("METHOD_NOT_ALLOWED", `${subject} takes ${allow.join(", ")}.`), allow);
}

/** The body of an error's answer, as JSON. `field` is the field to blame, as the caller wrote it. */
export function errorBody(code: ErrorCode, message: string, field?: string): string {
  return JSON.stringify({ error: code, message, field });
}
