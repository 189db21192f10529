import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { Tokens } from "./tokens.ts";

/** Creates the handler that revokes a token. */
export function revokeTokenHandler(tokens: Tokens): Handler<typeof AdminService.method.revokeToken> {
  return async ({ tokenId }, call) => {
    const token = await tokens.read(tokenId, call.principal);
    await tokens.revoke(token);
    call.subject = token.project && { project: token.project.siteKey, userHash: undefined };
    return {};
  };
}
