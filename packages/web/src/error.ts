/** Why a call failed. */
export class StreakdError extends Error {
  override readonly name = "StreakdError";
  /**
   * The server's code, such as `INVALID_WIDGET_KIND`, or one of the client's own: `NETWORK` when the server can't be reached,
   * `UNEXPECTED_ANSWER` when something else has answered, `INVALID_ARGUMENT`, `QUEUE_FULL`, and `ADMIN_TOKEN_IN_BROWSER`.
   */
  declare readonly code: string;
  /** The HTTP status; undefined without an answer. */
  declare readonly status: number | undefined;
  /** When to try again, in seconds from now; undefined when the server has not said. */
  declare readonly retryAfter: number | undefined;

  constructor(code: string, message: string, status?: number, retryAfter?: number) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}
