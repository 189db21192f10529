import { StreakdError } from "../errors.ts";
import type { Access, MethodContract } from "./contract.ts";
import type { SignIn } from "./sign-in.ts";

/** The header that carries a token. `Authorization: Bearer` does as well. */
export const ADMIN_TOKEN_HEADER = "X-Admin-Token";

/** The header that carries a user token, which a project's server has signed for one of its users. */
export const USER_TOKEN_HEADER = "X-User-Token";

/** The scope that contains every other scope. */
const EVERYTHING = "everything";

/**
 * Why a token is not accepted. A bearer token is `foreign` when it is not the admin token and does not begin as the
 * tokens of a server do: an app may send one of its own. A caller with the cookie of a sign-in session is `signed out` when
 * there is no such session, and `session over` when its token is not valid any more.
 */
export type TokenProblem = "mistyped" | "foreign" | "unknown" | "expired" | "signed out" | "session over";

const MISTYPED = "The token is mistyped: it is not the admin token, and it does not have the form of a token.";
const PROBLEMS: Readonly<Record<TokenProblem, string>> = {
  mistyped: MISTYPED,
  foreign: MISTYPED,
  unknown: "The token is unknown: it is neither the admin token of this server nor one of its valid tokens.",
  expired: "The token has expired. Make a new one.",
  "signed out": "The sign-in session has ended. Sign in again.",
  "session over": "The sign-in session has ended, because its token is not valid any more. Sign in with another token.",
};
const FOREIGN_PAGE =
  "A sign-in session counts only for pages of this server, and this request comes from another page, or does not say from which. If a proxy stands in front, let it pass on the headers Host, Origin and Sec-Fetch-Site; send a token otherwise.";
const NO_TOKEN = `The token is missing. Send it in the header ${ADMIN_TOKEN_HEADER} or as a bearer token.`;

/** Returns what is wrong with a principal's token; undefined when it is valid, or the caller sent none of ours. */
export function explainTokenProblem({ tokenProblem }: Principal): string | undefined {
  return tokenProblem === undefined || tokenProblem === "foreign" ? undefined : PROBLEMS[tokenProblem];
}

/** Who calls. Handlers and limits ask the principal, never a header. */
export interface Principal {
  /** `root` holds the installation's admin token and has every scope; `token` may do what its token allows. */
  readonly kind: "anonymous" | "token" | "root";
  /** The origin of the page that calls, as its browser says; undefined when a server calls. */
  readonly origin: string | undefined;
  /** Whether the page that calls is one of this server's own, such as its API reference. Known of valid tokens alone. */
  readonly hasOwnOrigin?: boolean;
  /** The client's IP address; undefined on a Unix socket, or when the connection is closed. */
  readonly address: string | undefined;
  /** The token of a `token`. */
  readonly token?: PrincipalToken;
  /**
   * What the caller's cookie says. Absent when it is not asked: for methods for anyone, and for callers who send a token.
   */
  readonly signIn?: SignIn;
  /** Why the token that an anonymous caller has sent is not accepted. */
  readonly tokenProblem?: TokenProblem;
  /** The user token that came with the call. It is not verified: a handler that needs it verifies it. */
  readonly userToken?: string | undefined;
}

/** What a principal learns from its token. */
export interface PrincipalToken {
  readonly id: string;
  readonly name: string;
  /** The project that the token is for; undefined when it is for all projects. */
  readonly project: PrincipalProject | undefined;
  readonly scopes: readonly string[];
  /** When the token expires, in epoch milliseconds; absent when it does not. */
  readonly expireTime?: number;
}

/** The project of a principal's token. */
export interface PrincipalProject {
  /** The internal id: a later project with the same `siteKey` has another, and the token does not reach it. */
  readonly id: string;
  readonly siteKey: string;
}

/**
 * Lets a principal call a method.
 *
 * @throws StreakdError UNAUTHORIZED when the method needs a scope and the caller has no valid token, and FORBIDDEN when
 *   the token lacks the scope, or is for one project and the method for all, or when another server's page makes use of
 *   a sign-in session
 */
export function requireAccess(principal: Principal, access: Access): void {
  if (principal.signIn?.mayUseSession === false) {
    throw new StreakdError("FORBIDDEN", FOREIGN_PAGE);
  }
  if (typeof access === "string" || principal.kind === "root") {
    return;
  }
  const { token, tokenProblem } = principal;
  if (token === undefined) {
    throw new StreakdError("UNAUTHORIZED", tokenProblem === undefined ? NO_TOKEN : PROBLEMS[tokenProblem]);
  }
  if (!hasScope(principal, access.scope)) {
    throw new StreakdError(
      "FORBIDDEN",
      `The token "${token.name}" lacks the scope ${access.scope}. It has ${token.scopes.join(", ")}.`,
    );
  }
  if (access.allProjects && token.project !== undefined) {
    throw new StreakdError(
      "FORBIDDEN",
      `The token "${token.name}" is for the project "${token.project.siteKey}". This method needs a token for all projects.`,
    );
  }
}

/**
 * Lets a principal send a request of a method that needs a scope. A token for one project reaches that project alone.
 * Here only the `siteKey` is compared, before anything is read: handlers get the project by `Projects.require`, which
 * asks {@link requireReach}.
 *
 * @throws StreakdError FORBIDDEN when the request names another project, or none
 */
export function requireProjectOf(principal: Principal, contract: MethodContract, siteKey: string): void {
  const own = principal.token?.project;
  if (contract.access !== "anyone" && own !== undefined && own.siteKey !== siteKey) {
    throw notReached(principal, siteKey === "" ? "Name it in the request." : "It reaches no other project.");
  }
}

/**
 * Lets a principal reach a project that was read.
 *
 * @throws StreakdError FORBIDDEN when its token is for another project, which may be an earlier one with the same `siteKey`
 */
export function requireReach(principal: Principal, project: PrincipalProject): void {
  if (!reaches(principal, project)) {
    throw notReached(
      principal,
      principal.token?.project?.siteKey === project.siteKey
        ? "That project was deleted, and the one that has its siteKey now is another. Make a token for it."
        : "It reaches no other project.",
    );
  }
}

/** Whether a principal has a scope, for the projects that it reaches. */
export function hasScope({ kind, token }: Principal, scope: string): boolean {
  return kind === "root" || (token?.scopes.some((each) => each === scope || each === EVERYTHING) ?? false);
}

/**
 * Whether a principal's token is for this project or for all. Root's is for all; anonymous callers reach none. The
 * internal ids are compared: a later project with the same `siteKey` is another.
 *
 * @param project undefined for what belongs to all projects
 */
export function reaches(principal: Principal, project: Pick<PrincipalProject, "id"> | undefined): boolean {
  return reachesAllProjects(principal) || (project !== undefined && principal.token?.project?.id === project.id);
}

/** Whether a principal's token is for all projects, as root's is. */
export function reachesAllProjects({ kind, token }: Principal): boolean {
  return kind === "root" || (token !== undefined && token.project === undefined);
}

/** Returns the FORBIDDEN for a project's token that is used for another project, or for all. */
export function notReached({ token }: Principal, advice: string): StreakdError {
  return new StreakdError(
    "FORBIDDEN",
    `The token "${token?.name}" is for the project "${token?.project?.siteKey}". ${advice}`,
  );
}
