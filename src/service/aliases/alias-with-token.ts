import type { AliasUserRequest } from "#gen/streak/v1/admin_service_pb.ts";
import type { AliasWithTokenRequest, StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { StreakdError } from "../../errors.ts";
import type { StreakStore } from "../../store/streaks.ts";
import { admitOrigin, type Projects } from "../projects/projects.ts";
import {
  readSignedToken,
  refuse,
  type SignedToken,
  type SignedTokenKind,
  stringClaim,
  verifySignedToken,
} from "../signed-tokens/signed-token.ts";
import { linkVisitor } from "./link-visitor.ts";

/** A page uses an alias token at once, so the token lives just long enough for a page to load on a slow connection. */
const ALIAS_TOKEN: SignedTokenKind = {
  name: "alias token",
  field: "token",
  maxSecondsAhead: 15 * 60,
  maxAhead: "15 minutes",
};

/**
 * Creates the handler that links an anonymous visitor to a user, as a signed token says.
 *
 * @param check throws INVALID_BODY when a field breaks the contract's rules, which hold for the claims too
 * @param clock the server's time in epoch milliseconds
 */
export function aliasWithTokenHandler(
  projects: Projects,
  streaks: StreakStore,
  check: (alias: AliasUserRequest) => void,
  clock: () => number,
): Handler<typeof StreakService.method.aliasWithToken> {
  return async (request, call) => {
    const token = readSignedToken(ALIAS_TOKEN, request.token);
    const alias = readClaims(token, check);
    if (request.siteKey !== "" && request.siteKey !== alias.siteKey) {
      throw refuse(ALIAS_TOKEN, "TOKEN_FOR_OTHER_PROJECT", "is for another project than the siteKey of the request");
    }
    const open = await blameToken(() => projects.open(alias.siteKey));
    const { project } = open;
    call.subject = { project: project.siteKey, userHash: alias.userHash };
    admitOrigin(open, call.principal, "users:manage");
    await verifySignedToken(token, project, clock());
    await blameToken(() => linkVisitor(streaks, project, alias, call));
    return {};
  };
}

/**
 * Creates the function that tells which project a request is for, before anything is verified: the token says so when
 * the request does not. It returns an empty text for a token that can't be read, which the handler refuses.
 *
 * @param check as {@link aliasWithTokenHandler} takes it
 */
export function aliasSiteKeyOf(check: (alias: AliasUserRequest) => void): (request: AliasWithTokenRequest) => string {
  return ({ siteKey, token }) => {
    if (siteKey !== "") {
      return siteKey;
    }
    try {
      return readClaims(readSignedToken(ALIAS_TOKEN, token), check).siteKey;
    } catch {
      return "";
    }
  };
}

/** Returns the link that a token asks for. Each claim must keep the rules of the field with the same name. */
function readClaims(token: SignedToken, check: (alias: AliasUserRequest) => void): AliasUserRequest {
  const alias: AliasUserRequest = {
    $typeName: "streak.v1.AliasUserRequest",
    siteKey: stringClaim(token, "siteKey"),
    anonymousId: stringClaim(token, "anonymousId"),
    userHash: stringClaim(token, "userHash"),
  };
  try {
    check(alias);
  } catch (error) {
    throw error instanceof StreakdError
      ? new StreakdError("INVALID_TOKEN", `The claim ${error.message}`, { field: ALIAS_TOKEN.field })
      : error;
  }
  return alias;
}

/**
 * Does something with a token's claims. An error about a claim then names the field of the token, and also the claim.
 */
async function blameToken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StreakdError && error.field !== undefined
      ? error.withField(ALIAS_TOKEN.field, `claim ${error.field} of the token`)
      : error;
  }
}
