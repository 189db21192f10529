import { type ErrorCode, errorCatalogue } from "../../src/error-catalogue.ts";

/** What decides about the errors that an operation can answer. */
export interface Failing {
  readonly hasBody: boolean;
  readonly needsScope: boolean;
  /** The codes that its method names in the option `errors`. A method without a scope may name those of a scope. */
  readonly own: readonly string[];
}

/**
 * When an operation can answer a code. `never` is for METHOD_NOT_ALLOWED, since an operation is an HTTP method that its
 * path has, for DEADLINE_EXCEEDED, since REST callers give no deadline, and for codes that nothing answers yet.
 */
const WHEN: Readonly<Record<ErrorCode, "always" | "with a body" | "with a scope" | "when it says so" | "never">> = {
  INVALID_BODY: "always",
  INVALID_SITE_KEY: "when it says so",
  INVALID_WIDGET_KIND: "when it says so",
  UNAUTHORIZED: "with a scope",
  FORBIDDEN: "with a scope",
  FORBIDDEN_ORIGIN: "when it says so",
  USER_TOKEN_REQUIRED: "when it says so",
  INVALID_TOKEN: "when it says so",
  INVALID_TOKEN_ALGORITHM: "when it says so",
  INVALID_TOKEN_SIGNATURE: "when it says so",
  TOKEN_CLAIM_MISSING: "when it says so",
  TOKEN_EXPIRED: "when it says so",
  TOKEN_TOO_LONG_LIVED: "when it says so",
  TOKEN_FOR_OTHER_PROJECT: "when it says so",
  TOKEN_FOR_OTHER_USER: "when it says so",
  NOT_FOUND: "when it says so",
  METHOD_NOT_ALLOWED: "never",
  ALREADY_EXISTS: "when it says so",
  ETAG_MISMATCH: "when it says so",
  TOO_MANY_SIGNING_SECRETS: "when it says so",
  TOO_MANY_TOKENS: "when it says so",
  TOO_MANY_LEDGER_ENTRIES: "when it says so",
  NOT_REPAIRABLE: "when it says so",
  TOO_MANY_AMNESTIES: "when it says so",
  FORBIDDEN_HOST: "always",
  BODY_TOO_LARGE: "with a body",
  RATE_LIMITED: "always",
  PLAN_LIMIT_REACHED: "when it says so",
  INTERNAL: "always",
  DEADLINE_EXCEEDED: "never",
  OVERLOADED: "always",
};

/** What the port itself answers to any request that comes too slowly, or whose headers are too large. */
const OF_THE_PORT: ReadonlyMap<number, ErrorCode> = new Map([
  [408, "INVALID_BODY"],
  [431, "INVALID_BODY"],
]);

const ALL_CODES = Object.keys(errorCatalogue) as ErrorCode[];

/** The codes that a method may name in the option `errors`. */
export const OWN_CODES: readonly string[] = ALL_CODES.filter((code) =>
  /^when it says so|^with a scope/.test(WHEN[code]),
);

/** The codes that an operation can answer, by status, in the order of the statuses. */
export function codesByStatus(failing: Failing): [status: number, codes: ErrorCode[]][] {
  return group(ALL_CODES.filter((code) => canAnswer(code, failing)));
}

/** The statuses of errors that any operation can answer, each with its codes. */
export function errorStatuses(): [status: number, codes: ErrorCode[]][] {
  return group(ALL_CODES.filter((code) => WHEN[code] !== "never"));
}

function canAnswer(code: ErrorCode, { hasBody, needsScope, own }: Failing): boolean {
  switch (WHEN[code]) {
    case "always":
      return true;
    case "with a body":
      return hasBody;
    case "with a scope":
      return needsScope || own.includes(code);
    case "when it says so":
      return own.includes(code);
    case "never":
      return false;
  }
}

function group(codes: readonly ErrorCode[]): [status: number, codes: ErrorCode[]][] {
  const byStatus = Map.groupBy(codes, (code): number => errorCatalogue[code].http);
  for (const [status, code] of OF_THE_PORT) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus].toSorted(([a], [b]) => a - b);
}
