import { LRUCache } from "lru-cache";
import { explainTokenProblem, hasScope, type Principal, reaches, USER_TOKEN_HEADER } from "../../call/principal.ts";
import type { Project } from "../../domain/project.ts";
import { StreakdError } from "../../errors.ts";
import {
  readSignedToken,
  refuse,
  type SignedTokenKind,
  stringClaim,
  type VerifiedSignedToken,
  verifySignedToken,
} from "./signed-token.ts";

/**
 * A page gets its user token when it is loaded, and uses it for as long as the page is open. So a user token may live
 * for a day. An alias token is used at once, and lives for minutes.
 */
const USER_TOKEN: SignedTokenKind = {
  name: "user token",
  field: undefined,
  maxSecondsAhead: 24 * 60 * 60,
  maxAhead: "24 hours",
};

/**
 * Whether a call for a project must carry a user token. Not when the principal has the scope and reaches the project.
 */
export function wantsUserToken(project: Project, principal: Principal, scope: string): boolean {
  const { signedUsers } = project;
  return (
    signedUsers !== "never" &&
    (signedUsers === "always" || principal.origin !== undefined) &&
    !(hasScope(principal, scope) && reaches(principal, project))
  );
}

/** How many characters of verified user tokens are kept at most: some ten thousand tokens. */
const MAX_KEPT_LENGTH = 4 * 1024 * 1024;

/**
 * Checks user tokens. A page sends its token with every call, and verifying one costs as much as reading a state does.
 * So a verified token is kept until it expires. It is still refused when its signing secret has been deleted.
 */
export class UserTokens {
  readonly #clock: () => number;
  readonly #verified = new LRUCache<string, VerifiedSignedToken & { readonly user: string }>({
    maxSize: MAX_KEPT_LENGTH,
    sizeCalculation: (_, text) => text.length,
  });

  /** @param clock the server's time in epoch milliseconds */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Checks that the project's server has signed the principal's user token for this user.
   *
   * @param scope the scope with which a server's token would do instead
   * @throws StreakdError USER_TOKEN_REQUIRED, TOKEN_FOR_OTHER_PROJECT, TOKEN_FOR_OTHER_USER, or what
   *   `verifySignedToken` throws
   */
  async require(project: Project, userHash: string, principal: Principal, scope: string): Promise<void> {
    const { userToken } = principal;
    if (userToken === undefined || userToken === "") {
      throw new StreakdError(
        "USER_TOKEN_REQUIRED",
        `The project's signedUsers asks for a user token. Sign it on your server, and send it in the header ${USER_TOKEN_HEADER}.${explainStandIn(principal, scope)}`,
      );
    }
    const user = this.#knownUser(project, userToken) ?? (await this.#verify(project, userToken));
    if (user !== userHash) {
      throw refuse(USER_TOKEN, "TOKEN_FOR_OTHER_USER", "is for another user than the userHash of the request");
    }
  }

  /** Returns the user of a token that was verified before. No other project has its secret. */
  #knownUser({ signingSecrets }: Project, text: string): string | undefined {
    const known = this.#verified.get(text);
    return known !== undefined &&
      known.expireTime > this.#clock() &&
      signingSecrets.some(({ id }) => id === known.secretId)
      ? known.user
      : undefined;
  }

  async #verify(project: Project, text: string): Promise<string> {
    const token = readSignedToken(USER_TOKEN, text);
    const user = stringClaim(token, "sub");
    if (stringClaim(token, "siteKey") !== project.siteKey) {
      throw refuse(USER_TOKEN, "TOKEN_FOR_OTHER_PROJECT", "is for another project than the siteKey of the request");
    }
    const verified = await verifySignedToken(token, project, this.#clock());
    this.#verified.set(text, { ...verified, user });
    return user;
  }
}

/** Says why the token of a server does not do instead of a user token; empty when none was sent. */
function explainStandIn(principal: Principal, scope: string): string {
  const { token } = principal;
  if (token !== undefined) {
    return ` The token "${token.name}" does not do instead: that takes the scope ${scope} for this project.`;
  }
  const problem = explainTokenProblem(principal);
  return problem === undefined ? "" : ` A token with the scope ${scope} would do instead, but: ${problem}`;
}
