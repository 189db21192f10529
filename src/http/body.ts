import { StreakdError } from "../errors.ts";

/**
 * The most bytes of a body that the fast path reads before the request's method is known, and of a method's message
 * unless the contract says otherwise.
 */
export const MAX_BODY_BYTES = 256 * 1024;

/** The refusal of a body when the bodies of all clients that have not ended take too much memory. */
export function tooManyBodies(): StreakdError {
  return new StreakdError(
    "OVERLOADED",
    "The server is receiving too many bodies at once. Send the request again later.",
  );
}

/** The refusal of a body, or of a message in one, that has more than `limit` bytes. */
export function tooLarge(limit: number): StreakdError {
  return new StreakdError("BODY_TOO_LARGE", `The body is larger than ${limit} bytes: send less.`);
}
