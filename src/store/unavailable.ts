import { StreakdError } from "../errors.ts";

/**
 * The store can't answer now: it is full, locked, away or closed. The cause says why. The call may be done, in part or
 * as a whole; repeating it is safe and completes it.
 */
export class StoreUnavailableError extends StreakdError {
  override readonly name = "StoreUnavailableError";

  /** Whether the disk is full. That lasts until the operator makes room, so waiting for it helps no caller. */
  readonly isDiskFull: boolean;

  constructor({ cause, isDiskFull = false }: { readonly cause: unknown; readonly isDiskFull?: boolean }) {
    const message = isDiskFull
      ? "The server's disk is full, so nothing was stored. Send the request again when its operator has made room."
      : "The store can't be reached now. Send the request again later.";
    super("OVERLOADED", message, { cause });
    this.isDiskFull = isDiskFull;
  }
}
