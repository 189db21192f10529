import { type ErrorCode, errorCatalogue } from "./error-catalogue.ts";

/**
 * The most characters of an error's message. gRPC sends the message twice, in headers, with up to 9 bytes for a
 * character; clients and proxies take some 8 KiB of headers.
 */
export const MAX_MESSAGE_LENGTH = 500;

/** The most characters that a message quotes of what a caller sent. */
const MAX_QUOTED_LENGTH = 80;

/**
 * Returns the text as an error may quote it: at most `length` characters, so that an answer does not grow with the
 * request that it refuses, and well-formed, so that JSON and headers can hold it.
 */
export function clip(text: string, length = MAX_QUOTED_LENGTH): string {
  return (text.length > length ? `${text.slice(0, length - 1)}…` : text).toWellFormed();
}

/** How long a client that was answered `OVERLOADED` should wait before it tries again, in seconds. */
export const RETRY_AFTER_SECONDS = 1;

/** What an error may have beside its code and message. */
interface StreakdErrorOptions extends ErrorOptions {
  readonly field?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** What a caller is told of a failure whose cause is none of its business. */
export const INTERNAL_MESSAGE = "Something went wrong inside. Try again, and tell the operator if it persists.";

/**
 * An error without a stack. Clients can cause thousands of such errors in a second, and collecting the stack would cost
 * more than all else that is done for them. What the operator learns of comes with its cause, which has one.
 */
class StacklessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * A failure that the caller is told about: a code of the catalogue, and a message that says what is wrong and how to
 * mend it. The message is clipped to {@link MAX_MESSAGE_LENGTH}. Anything else that is thrown becomes `INTERNAL`, and
 * its cause stays in the log.
 */
export class StreakdError extends StacklessError {
  readonly code: ErrorCode;
  /**
   * The one field of the request that is to blame, by its path in the request message with JSON's names, such as
   * `project.widgets[0].mode`; undefined when it is no field's fault.
   */
  readonly field: string | undefined;
  /** How many seconds the caller should wait before it tries again; undefined when the error does not say. */
  readonly retryAfterSeconds: number | undefined;
  readonly #message: Message;

  constructor(code: ErrorCode, message: Message, options?: StreakdErrorOptions) {
    super(clip(textOf(message, options?.field), MAX_MESSAGE_LENGTH), options);
    this.name = "StreakdError";
    this.code = code;
    this.field = options?.field;
    this.retryAfterSeconds = options?.retryAfterSeconds ?? (code === "OVERLOADED" ? RETRY_AFTER_SECONDS : undefined);
    this.#message = message;
  }

  /** The same error, whose message says first where it was: in which line, or which message of a stream. */
  within(place: string): StreakdError {
    const { field, retryAfterSeconds } = this;
    const message = (field?: string) => `${place}: ${textOf(this.#message, field)}`;
    return new StreakdError(this.code, message, { cause: this, field, retryAfterSeconds });
  }

  /** The same error, which calls its field by another name, and its message too. */
  withField(field: string | undefined, inMessage = field): StreakdError {
    const { cause, retryAfterSeconds } = this;
    return new StreakdError(this.code, textOf(this.#message, inMessage), { cause, field, retryAfterSeconds });
  }
}

/** The message of an error. One that names the error's field is made from the name that the caller knows it by. */
type Message = string | ((field: string) => string);

function textOf(message: Message, field = ""): string {
  return typeof message === "string" ? message : message(field);
}

/** Returns the INVALID_BODY that says what is wrong with the field at a path; the empty path is the body itself. */
export function refusal(at: string, problem: string): StreakdError {
  return at === ""
    ? new StreakdError("INVALID_BODY", `The body ${problem}.`)
    : new StreakdError("INVALID_BODY", (field) => `${field} ${problem}.`, { field: at });
}

/**
 * The end of a call that is neither the caller's error nor ours: the protocol of its transport says what to answer, if
 * there is anybody left to answer. It passes through the pipeline as it is, and is counted as `OTHER`.
 */
export class TransportError extends StacklessError {
  override readonly name: string = "TransportError";
}

/** The client left before its request was complete, or before it was answered. */
export class ClientGone extends TransportError {
  override readonly name = "ClientGone";

  constructor() {
    super("the client has gone");
  }
}

/** Whether an error says that the project does not allow the origin of the page. */
export function isOriginRefusal(error: unknown): boolean {
  return error instanceof StreakdError && error.code === "FORBIDDEN_ORIGIN";
}

/**
 * Whether the operator should learn of a failure: one that is ours, or one with a cause in what we depend on, such as a
 * store that is away. What callers do wrong, and being busy, is told to callers only.
 */
export function isForOperator(error: unknown): boolean {
  return !(error instanceof StreakdError) || (errorCatalogue[error.code].http >= 500 && error.cause !== undefined);
}

/**
 * Why streakd can't start, in terms of what the operator can mend: a setting, the data folder, the port. The message is
 * all that they are shown; any other error at the start is ours, and is shown with its stack.
 */
export class StartError extends Error {
  override readonly name = "StartError";
}
