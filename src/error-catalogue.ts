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
  | "aborted"
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
    meaning:
      "The token is missing, mistyped, unknown or expired, or the sign-in session has ended; the message says which.",
  },
  FORBIDDEN: {
    http: 403,
    connect: "permission_denied",
    meaning:
      "The token does not allow the request, such as for its scope or its project, or another page makes use of a sign-in session; the message says why.",
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
  ETAG_MISMATCH: {
    http: 409,
    connect: "aborted",
    meaning: "The project has changed since its `etag` was read. Read it again, and make the change to what it is now.",
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
