import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { handlerOfToken } from "./handler-of-token.ts";
import { tokenToMessage } from "./token-message.ts";
import type { Tokens } from "./tokens.ts";

/** Creates the handler that reads a token. */
export function getTokenHandler(tokens: Tokens): Handler<typeof AdminService.method.getToken> {
  return handlerOfToken(tokens, async (token) => ({ token: tokenToMessage(token) }));
}
