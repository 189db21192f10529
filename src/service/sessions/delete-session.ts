import type { SessionService } from "#gen/streak/v1/session_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { SessionCookies } from "../../call/session-cookie.ts";
import type { Sessions } from "./sessions.ts";

/** Creates the handler that signs out, also from a session that counts no more. */
export function deleteSessionHandler(
  sessions: Sessions,
  cookies: SessionCookies,
): Handler<typeof SessionService.method.deleteSession> {
  return async (_, { principal, response }) => {
    const { secretHash, isSecure = false } = principal.signIn ?? {};
    if (secretHash !== undefined) {
      await sessions.end(secretHash);
    }
    response.headers.set("Set-Cookie", cookies.cookieOf("", 0, isSecure));
    return {};
  };
}
