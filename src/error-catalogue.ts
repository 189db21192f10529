/** What one kind of failure is called on each protocol. */
interface ErrorEntry {
  /** The HTTP status of a REST answer. */
  readonly http: number;
  /** The Connect and gRPC status, in Connect's spelling. */
  readonly connect: ConnectCodeName;
  /** What it means to a caller, for the OpenAPI document and the page of the API reference. Markdown with code alone. */
  readonly meaning: string;
  /** How a caller mends it, in the imperative. It is shown where `meaning` is. */
  readonly remedy: string;
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
    remedy: "Correct what `field` and the message name, and send the request again.",
  },
  INVALID_SITE_KEY: {
    http: 400,
    connect: "invalid_argument",
    meaning: "No project has this `siteKey`.",
    remedy: "Check the spelling, which is exact to the letter, or create the project.",
  },
  INVALID_WIDGET_KIND: {
    http: 400,
    connect: "invalid_argument",
    meaning: "The project has no widget for this `event`.",
    remedy: "Use an event that the message lists, or add a widget for this one to the project.",
  },
  UNAUTHORIZED: {
    http: 401,
    connect: "unauthenticated",
    meaning:
      "The token is missing, mistyped, unknown or expired, or the sign-in session has ended; the message says which.",
    remedy: "Send the admin token or a valid token as `X-Admin-Token` or as `Authorization: Bearer`, or sign in again.",
  },
  FORBIDDEN: {
    http: 403,
    connect: "permission_denied",
    meaning:
      "The token does not allow the request, such as for its scope or its project, or another page makes use of a sign-in session; the message says why.",
    remedy: "Use a token that has the scope and reaches the project, or create one.",
  },
  FORBIDDEN_ORIGIN: {
    http: 403,
    connect: "permission_denied",
    meaning: "The project does not allow calls from pages of this origin, or the call is for servers alone.",
    remedy: "Add the origin to the project's `allowedOrigins`, or call from a server, which sends no `Origin`.",
  },
  USER_TOKEN_REQUIRED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The request needs a user token, as the project's `signedUsers` says, and has none.",
    remedy: "Sign a user token on your server, and send it as `X-User-Token`.",
  },
  INVALID_TOKEN: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token is no JWT, a claim breaks its rule, or the token is not valid yet.",
    remedy: "Sign the token anew as the message says. If it is not valid yet, check the clock of your server.",
  },
  INVALID_TOKEN_ALGORITHM: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The algorithm of the signed token is not HS256, or the token has the header `crit`.",
    remedy: "Sign with HS256, and without `crit`.",
  },
  INVALID_TOKEN_SIGNATURE: {
    http: 401,
    connect: "unauthenticated",
    meaning: "None of the project's signing secrets has signed the token, or the project has no signing secret.",
    remedy: "Sign with a signing secret of this project. Create one if it has none.",
  },
  TOKEN_CLAIM_MISSING: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token lacks a claim; the message names it.",
    remedy: "Add the claim, and sign the token anew.",
  },
  TOKEN_EXPIRED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token has expired.",
    remedy: "Sign a new one.",
  },
  TOKEN_TOO_LONG_LIVED: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token expires too late; the message says how long it may be valid.",
    remedy: "Sign a token with an earlier `exp`.",
  },
  TOKEN_FOR_OTHER_PROJECT: {
    http: 401,
    connect: "unauthenticated",
    meaning: "The signed token is for another project.",
    remedy: "Sign a token with the `siteKey` of this project, or send the token to its own.",
  },
  TOKEN_FOR_OTHER_USER: {
    http: 403,
    connect: "permission_denied",
    meaning: "The user token is for another user than the request.",
    remedy: "Sign a token whose `sub` is the `userHash` of the request.",
  },
  NOT_FOUND: {
    http: 404,
    connect: "not_found",
    meaning: "Nothing is there: no such path, or no such project for an admin.",
    remedy: "Check the path and the names in it. `GET /openapi.json` lists the paths.",
  },
  METHOD_NOT_ALLOWED: {
    http: 405,
    connect: "unimplemented",
    meaning: "The path exists, the method does not.",
    remedy: "Use an HTTP method that the header `Allow` lists.",
  },
  ALREADY_EXISTS: {
    http: 409,
    connect: "already_exists",
    meaning: "What is to be created exists.",
    remedy: "Choose another name, or change what exists.",
  },
  ETAG_MISMATCH: {
    http: 409,
    connect: "aborted",
    meaning: "The project has changed since its `etag` was read.",
    remedy: "Read the project again, and make the change to what it is now.",
  },
  TOO_MANY_SIGNING_SECRETS: {
    http: 409,
    connect: "failed_precondition",
    meaning: "The project has two signing secrets.",
    remedy: "Delete one first.",
  },
  TOO_MANY_TOKENS: {
    http: 409,
    connect: "failed_precondition",
    meaning: "The project has 100 tokens that have not expired.",
    remedy: "Revoke one first.",
  },
  TOO_MANY_LEDGER_ENTRIES: {
    http: 409,
    connect: "failed_precondition",
    meaning: "The ledger of a user has 1,000 entries, which is as many as it may have; the message names the user.",
    remedy: "Leave the user out of `userHashes`.",
  },
  NOT_REPAIRABLE: {
    http: 409,
    connect: "failed_precondition",
    meaning:
      "The streak of a user can't be repaired today: no run has ended lately, it was repaired lately, its rules have no repairs, or the price can't be paid. The message names the user and says why.",
    remedy:
      "If `field` is `userHashes`, leave the user out, or do what the message says; `streak.repair` in a state says when there is something to repair. If it is `event`, name the event of a widget whose rules have repairs today, or add them.",
  },
  TOO_MANY_AMNESTIES: {
    http: 409,
    connect: "failed_precondition",
    meaning: "The project has 100 amnesties, those that were taken back among them.",
    remedy: "Pause the streaks of the users on these days instead, with `ledger:pause`.",
  },
  FORBIDDEN_HOST: {
    http: 421,
    connect: "permission_denied",
    meaning: "The request is for a host that the operator has not allowed.",
    remedy: "Use a host that the server has, or let the operator add this one to `ALLOWED_HOSTS`.",
  },
  BODY_TOO_LARGE: {
    http: 413,
    connect: "resource_exhausted",
    meaning: "The body is larger than the server reads.",
    remedy: "Send less at once. The message names the limit.",
  },
  RATE_LIMITED: {
    http: 429,
    connect: "resource_exhausted",
    meaning: "Too many requests in a short time.",
    remedy: "Wait for as many seconds as `Retry-After` says. Then send the request again.",
  },
  PLAN_LIMIT_REACHED: {
    http: 429,
    connect: "resource_exhausted",
    meaning: "The project's plan has no room for another active streaker this month.",
    remedy: "Wait until the time that the message names, or let the operator raise the plan's limit.",
  },
  INTERNAL: {
    http: 500,
    connect: "internal",
    meaning: "Something went wrong inside; the cause is in the server's log.",
    remedy: "Try again. If it persists, tell the operator the `X-Request-Id` of the answer.",
  },
  DEADLINE_EXCEEDED: {
    http: 504,
    connect: "deadline_exceeded",
    meaning: "The caller's deadline passed before the answer came. Only RPC has such deadlines.",
    remedy: "Send the call again, with a later deadline. Sending an event again changes nothing.",
  },
  OVERLOADED: {
    http: 503,
    connect: "unavailable",
    meaning: "The server can't take the request now, for load, shutdown or a store that is away.",
    remedy:
      "Wait for as many seconds as `Retry-After` says. Then send the request again, which is always safe for an event.",
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;
