import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Project } from "../../domain/project.ts";
import type { ErrorCode } from "../../error-catalogue.ts";
import { clip, StreakdError } from "../../errors.ts";

/** What a signed token is for. */
export interface SignedTokenKind {
  /** The token's name in errors. */
  readonly name: string;
  /** The field of the request that holds the token; undefined when a header holds it. */
  readonly field: string | undefined;
  /** How far ahead of the server's clock its `exp` may be, in seconds. */
  readonly maxSecondsAhead: number;
  /** The same in words, for errors. */
  readonly maxAhead: string;
}

/** A JWT that names HS256 as its algorithm. Until it is verified, anybody may have written it. */
export interface SignedToken {
  readonly kind: SignedTokenKind;
  readonly text: string;
  readonly claims: JWTPayload;
}

/** The result of verifying a token. */
export interface VerifiedSignedToken {
  /** The signing secret that has signed it. */
  readonly secretId: string;
  /** When it expires, in epoch milliseconds. */
  readonly expireTime: number;
}

/** How far apart the clocks of streakd and of the servers that sign may be, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** The most characters of a token: claims of the longest values fit, with every character written as an escape. */
const MAX_TOKEN_LENGTH = 8192;

/** Three parts in base64url without padding. The last is the signature, which a token without an algorithm lacks. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

const ALGORITHM = "HS256";

/**
 * Reads a token without verifying it: its claims say which project's secrets to verify it with.
 *
 * @throws StreakdError INVALID_TOKEN or INVALID_TOKEN_ALGORITHM
 */
export function readSignedToken(kind: SignedTokenKind, text: string): SignedToken {
  if (text.length > MAX_TOKEN_LENGTH || !COMPACT.test(text)) {
    throw refuse(kind, "INVALID_TOKEN", "is no JWT: three parts in base64url, joined by dots");
  }
  let header: ReturnType<typeof decodeProtectedHeader>;
  let claims: JWTPayload;
  try {
    header = decodeProtectedHeader(text);
    claims = decodeJwt(text);
  } catch (cause) {
    throw refuse(kind, "INVALID_TOKEN", "is no JWT: its header and its claims must be JSON objects", { cause });
  }
  if (header.alg !== ALGORITHM) {
    const found = typeof header.alg === "string" ? `"${clip(header.alg)}"` : "none";
    throw refuse(kind, "INVALID_TOKEN_ALGORITHM", `has the algorithm ${found}. Sign it with ${ALGORITHM}`);
  }
  if (header.crit !== undefined) {
    throw refuse(kind, "INVALID_TOKEN_ALGORITHM", "has the header crit, which streakd does not support. Leave it out");
  }
  return { kind, text, claims };
}

/**
 * Returns a required claim.
 *
 * @throws StreakdError TOKEN_CLAIM_MISSING, or INVALID_TOKEN when it is no string
 */
export function stringClaim({ kind, claims }: SignedToken, name: string): string {
  const value = claims[name];
  if (value === undefined || value === "") {
    throw refuse(kind, "TOKEN_CLAIM_MISSING", `lacks the claim ${name}`);
  }
  if (typeof value !== "string") {
    throw refuse(kind, "INVALID_TOKEN", `has a claim ${name} that is no string`);
  }
  return value;
}

/**
 * Verifies that one of the project's signing secrets has signed the token, and that it is valid now.
 *
 * The times are checked only after the signature. So a caller who can't sign learns nothing else about the token.
 *
 * @param now epoch milliseconds
 * @throws StreakdError INVALID_TOKEN_SIGNATURE, TOKEN_EXPIRED, TOKEN_TOO_LONG_LIVED, TOKEN_CLAIM_MISSING for `exp`, or
 *   INVALID_TOKEN for a time that is no number, or a token that is not valid yet
 */
export async function verifySignedToken(
  token: SignedToken,
  project: Project,
  now: number,
): Promise<VerifiedSignedToken> {
  const { kind } = token;
  const verified = await verifySignature(token, project, now);
  if (verified.expireTime > now + (kind.maxSecondsAhead + CLOCK_TOLERANCE_SECONDS) * 1000) {
    throw refuse(
      kind,
      "TOKEN_TOO_LONG_LIVED",
      `expires more than ${kind.maxAhead} ahead of the server's clock, which says ${iso(now)}. Give it an earlier exp`,
    );
  }
  return verified;
}

/** Verifies the signature, and the times as far as jose checks them. */
async function verifySignature(
  { kind, text }: SignedToken,
  project: Project,
  now: number,
): Promise<VerifiedSignedToken> {
  for (const { id, secret } of project.signingSecrets) {
    try {
      const { payload } = await jwtVerify(text, Buffer.from(secret), {
        algorithms: [ALGORITHM],
        requiredClaims: ["exp"],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      });
      return { secretId: id, expireTime: (payload.exp as number) * 1000 };
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) {
        throw problemOf(kind, error, now);
      }
    }
  }
  throw refuse(
    kind,
    "INVALID_TOKEN_SIGNATURE",
    project.signingSecrets.length === 0
      ? `can't be verified, since the project has no signing secret. Create a signing secret with POST /admin/projects/${project.siteKey}/signingSecrets`
      : "was signed with none of the project's signing secrets. The key is the whole secret, as text",
  );
}

/** Returns the error for a token whose signature is good, but which jose refuses. */
function problemOf(kind: SignedTokenKind, error: unknown, now: number): unknown {
  if (error instanceof errors.JWTExpired) {
    return refuse(kind, "TOKEN_EXPIRED", `has expired: the server's clock says ${iso(now)}. Sign a new one`);
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    if (reason === "missing") {
      return refuse(kind, "TOKEN_CLAIM_MISSING", `lacks the claim ${claim}`);
    }
    return reason === "check_failed"
      ? refuse(kind, "INVALID_TOKEN", `is not valid yet, says its ${claim}: the server's clock says ${iso(now)}`)
      : refuse(kind, "INVALID_TOKEN", `has a claim ${claim} that is no number`);
  }
  return error instanceof errors.JOSEError ? refuse(kind, "INVALID_TOKEN", "is no valid JWT", { cause: error }) : error;
}

/** Returns the error that says what is wrong with a token. */
export function refuse(kind: SignedTokenKind, code: ErrorCode, problem: string, options?: ErrorOptions): StreakdError {
  return new StreakdError(code, `The ${kind.name} ${problem}.`, { ...options, field: kind.field });
}

function iso(now: number): string {
  return new Date(now).toISOString();
}
