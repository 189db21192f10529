import { hash } from "node:crypto";
import type { SessionService } from "#gen/streak/v1/session_service_pb.ts";
import type { Authenticator, Caller } from "../../call/authenticator.ts";
import type { Handler } from "../../call/method.ts";
import { explainTokenProblem, type Principal } from "../../call/principal.ts";
import type { RateLimitStep } from "../../call/rate-limit.ts";
import type { SessionCookies } from "../../call/session-cookie.ts";
import { StreakdError } from "../../errors.ts";
import { sessionToMessage } from "./session-message.ts";
import type { Sessions } from "./sessions.ts";

type WrongTokenLimit = Pick<RateLimitStep, "countWrongToken">;

/**
 * Creates the handler that signs in. It always makes a new session: one that somebody else may have planted in the
 * browser never comes to stand for the token.
 */
export function createSessionHandler(
  sessions: Sessions,
  cookies: SessionCookies,
  authenticator: Pick<Authenticator, "recognise">,
  limits: WrongTokenLimit,
): Handler<typeof SessionService.method.createSession> {
  return async ({ token }, { principal, response }) => {
    const caller = await authenticator.recognise(token, principal.address);
    requireRight(caller, principal, limits);
    const { secret, session } = await sessions.create(hash("sha256", token), caller.token?.expireTime);
    const { secretHash, isSecure = false } = principal.signIn ?? {};
    if (secretHash !== undefined) {
      await sessions.end(secretHash);
    }
    const seconds = Math.ceil((session.expireTime - session.createTime) / 1000);
    response.headers.set("Set-Cookie", cookies.cookieOf(secret, seconds, isSecure));
    return { session: sessionToMessage(caller, session) };
  };
}

function requireRight({ tokenProblem }: Caller, { address, origin }: Principal, limits: WrongTokenLimit): void {
  if (tokenProblem !== undefined) {
    const principal: Principal = { kind: "anonymous", address, origin, tokenProblem };
    limits.countWrongToken(principal, { access: "own session" });
    throw new StreakdError("UNAUTHORIZED", explainTokenProblem(principal) ?? "", { field: "token" });
  }
}
