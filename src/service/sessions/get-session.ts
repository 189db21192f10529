import type { SessionService } from "#gen/streak/v1/session_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { explainTokenProblem } from "../../call/principal.ts";
import type { SessionCookies } from "../../call/session-cookie.ts";
import { StreakdError } from "../../errors.ts";
import { sessionToMessage } from "./session-message.ts";

/** Creates the handler that reads who has signed in. It clears the cookie of a session that has ended. */
export function getSessionHandler(cookies: SessionCookies): Handler<typeof SessionService.method.getSession> {
  return async (_, { principal, response }) => {
    const { session, secretHash, isSecure = false } = principal.signIn ?? {};
    if (session !== undefined) {
      return { session: sessionToMessage(principal, session) };
    }
    if (secretHash !== undefined) {
      response.headers.set("Set-Cookie", cookies.cookieOf("", 0, isSecure));
    }
    throw new StreakdError("UNAUTHORIZED", explainTokenProblem(principal) ?? "Nobody has signed in here.");
  };
}
