import { StreakdError } from "../errors.ts";

/**
 * The store can't answer now: it is full, locked, away or closed. The cause says why. The call may be done, in part or
 * as a whole; repeating it is safe and completes it.
 */
export class StoreUnavailableError extends StreakdError {
  override readonly name = "StoreUnavailableError";

  constructor(options: { readonly cause: unknown }) {
    super("OVERLOADED", "The store can't be reached now. Send the request again later.", options);
  }
}
