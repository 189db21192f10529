import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { tokenToMessage } from "./token-message.ts";
import type { Tokens } from "./tokens.ts";

/** Creates the handler that reads a token. */
export function getTokenHandler(tokens: Tokens): Handler<typeof AdminService.method.getToken> {
  return async ({ tokenId }, call) => {
    const token = await tokens.read(tokenId, call.principal);
    call.subject = token.project && { project: token.project.siteKey, userHash: undefined };
    return { token: tokenToMessage(token) };
  };
}
