/** What one kind of failure is called on each protocol. */
interface ErrorEntry {
  /** The HTTP status of a REST answer. */
  readonly http: number;
  /** The Connect and gRPC status, in Connect's spelling. */
  readonly connect: ConnectCodeName;
  /** What it means to a caller, for the OpenAPI document. */
  readonly meaning: string;
}

type ConnectCodeName =
  | "already_exists"
  | "deadline_exceeded"
  | "failed_precondition"
  | "internal"
  | "invalid_argument"
  | "not_found"
  | "permission_denied"
  | "resource_exhausted"
  | "unauthenticated"
  | "unavailable"
  | "unimplemented";

/**
 * Every error that streakd answers, by the code that clients match on. REST sends the code as `error`, RPC as the
 * `reason` of a `google.rpc.ErrorInfo`. A code is part of the contract: add, but never rename.
 */
export const errorCatalogue = {
  INVALID_BODY: {
    http: 400,
    connect: "invalid_argument",
    meaning: "The request can't be read, or a field breaks its rule. The message names the field and the rule.",
  },
  INVALID_SITE_KEY: {
    http: 400,
    connect: "invalid_argument",
    meaning: "No project has this `siteKey`.",
  },
  INVALID_WIDGET_KIND: {
    http: 400,
    connect: "invalid_argument",
    meaning: "The project has no widget for this `event`.",
  },
  UNAUTHORIZED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The token is missing, mistyped, unknown or expired; the message says which.",
  },
  FORBIDDEN: {
    http: 403,
    connect: "permission_denied",
    meaning: "The token does not allow the request, such as for its scope or its project; the message says why.",
  },
  FORBIDDEN_ORIGIN: {
    http: 403,
    connect: "permission_denied",
    meaning: "The project does not allow calls from pages of this origin.",
  },
  USER_TOKEN_REQUIRED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The request needs a user token, as the project's `signedUsers` says, and has none.",
  },
  INVALID_TOKEN: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token is no JWT, a claim breaks its rule, or the token is not valid yet.",
  },
  INVALID_TOKEN_ALGORITHM: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The algorithm of the signed token is not HS256, or the token has the header `crit`.",
  },
  INVALID_TOKEN_SIGNATURE: {
    http: 401,
    connect: "unauthenticated",
    meaning: "None of the project's signing secrets has signed the token, or the project has no signing secret.",
  },
  TOKEN_CLAIM_MISSING: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token lacks a claim; the message names it.",
  },
  TOKEN_EXPIRED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token has expired. Sign a new one.",
  },
  TOKEN_TOO_LONG_LIVED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token expires too late; the message says how long it may be valid.",
  },
  TOKEN_FOR_OTHER_PROJECT: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token is for another project.",
  },
  TOKEN_FOR_OTHER_USER: {
    http: 403,
    connect: "permission_denied",
    meaning: "The user token is for another user than the request.",
  },
  NOT_FOUND: {
    http: 404,
    connect: "not_found",
    meaning: "Nothing is there: no such path, or no such project for an admin.",
  },
  METHOD_NOT_ALLOWED: {
    http: 405,
    connect: "unimplemented",
    meaning: "The path exists, the method does not; `Allow` lists those that do.",
  },
  ALREADY_EXISTS: {
    http: 409,
    connect: "already_exists",
    meaning: "What is to be created exists.",
  },
  TOO_MANY_SIGNING_SECRETS: {
    http: 409,
    connect: "failed_precondition",
    meaning: "The project has two signing secrets. Delete one first.",
  },
  TOO_MANY_TOKENS: {
    http: 409,
    connect: "failed_precondition",
    meaning: "The project has 100 tokens that have not expired. Revoke one first.",
  },
  FORBIDDEN_HOST: {
    http: 421,
    connect: "permission_denied",
    meaning: "The request is for a host that the operator has not allowed.",
  },
  BODY_TOO_LARGE: {
    http: 413,
    connect: "resource_exhausted",
    meaning: "The body is larger than the server reads.",
  },
  RATE_LIMITED: {
    http: 429,
    connect: "resource_exhausted",
    meaning: "Too many requests in a short time. `Retry-After` says how many seconds to wait.",
  },
  PLAN_LIMIT_REACHED: {
    http: 429,
    connect: "resource_exhausted",
    meaning:
      "The project's plan has no room for another active streaker this month. The message says when it has again.",
  },
  INTERNAL: {
    http: 500,
    connect: "internal",
    meaning: "Something went wrong inside; the cause is in the server's log.",
  },
  DEADLINE_EXCEEDED: {
    http: 504,
    connect: "deadline_exceeded",
    meaning: "The caller's deadline passed before the answer came. Only RPC has such deadlines.",
  },
  OVERLOADED: {
    http: 503,
    connect: "unavailable",
    meaning: "The server can't take the request now, for load, shutdown or a store that is away. Try again later.",
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;

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
