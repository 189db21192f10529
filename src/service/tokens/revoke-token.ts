import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { handlerOfToken } from "./handler-of-token.ts";
import { tokenJson, tokenResource } from "./token-resource.ts";
import type { Tokens } from "./tokens.ts";

/** Creates the handler that revokes a token. */
export function revokeTokenHandler(tokens: Tokens): ChangeHandler<typeof AdminService.method.revokeToken> {
  return handlerOfToken(tokens, async (token) => ({
    audit: { ...tokenResource(token), before: tokenJson(token), after: undefined },
    async make() {
      await tokens.revoke(token);
      return {};
    },
  }));
}
