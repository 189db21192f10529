import type { AdminService, RotateTokenRequest } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import type { Principal } from "../../call/principal.ts";
import type { Token } from "../../domain/token.ts";
import { handlerOfToken } from "./handler-of-token.ts";
import { makeToken, requireShorterLife } from "./make-token.ts";
import { readExpireTime, tokenToMessage } from "./token-message.ts";
import { tokenJson, tokenResource } from "./token-resource.ts";
import type { Tokens } from "./tokens.ts";

/** How long the old token is still accepted when the request does not say, in seconds: a day. */
const DEFAULT_OVERLAP_SECONDS = 24 * 60 * 60;

/** Creates the handler that makes a new token in place of another. */
export function rotateTokenHandler(
  tokens: Tokens,
  clock: () => number,
): ChangeHandler<typeof AdminService.method.rotateToken> {
  return handlerOfToken(tokens, async (old, request: RotateTokenRequest, call) => {
    const { overlapSeconds = DEFAULT_OVERLAP_SECONDS, expireTime } = request;
    const now = clock();
    const given = readExpireTime(expireTime, "expireTime", now);
    if (given !== undefined) {
      requireShorterLife(call.principal, given);
    }
    const { token, secret } = makeToken(tokens.newId(), old, given ?? endAsOf(old, call.principal, now), now);
    const end = now + overlapSeconds * 1000;
    const ending = { ...old, expireTime: Math.min(end, old.expireTime ?? end) };
    return {
      audit: {
        ...tokenResource(old),
        before: tokenJson(old),
        after: { ...tokenJson(ending), successor: tokenJson(token) },
      },
      async make() {
        await tokens.rotate(old, token, end);
        return { token: tokenToMessage(token, secret) };
      },
    };
  });
}

/**
 * Returns when the new token expires. It gets the lifetime of the old token, but expires no later than the caller's own
 * token. The old token's `expireTime` does not tell its lifetime, since an earlier rotation may have brought it
 * forward.
 */
function endAsOf({ lifetime }: Token, { token: own }: Principal, now: number): number | undefined {
  const end = Math.min(
    lifetime === undefined ? Number.POSITIVE_INFINITY : now + lifetime,
    own?.expireTime ?? Number.POSITIVE_INFINITY,
  );
  return end === Number.POSITIVE_INFINITY ? undefined : end;
}
