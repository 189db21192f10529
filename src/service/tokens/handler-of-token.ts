import type { Call } from "../../call/call.ts";
import { checkingReach } from "../../call/reach.ts";
import type { Token } from "../../domain/token.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Makes the handler of a method that names a token by its id. A token that the caller does not reach is not found. The
 * call's subject is the token's project.
 *
 * @param handle gets the token, as the store has it now
 */
export function handlerOfToken<Request extends { readonly tokenId: string }, Result>(
  tokens: Tokens,
  handle: (token: Token, request: Request, call: Call) => Promise<Result>,
): (request: Request, call: Call) => Promise<Result> {
  return checkingReach(async (request, call) => {
    const token = await tokens.read(request.tokenId, call.principal);
    call.subject = token.project && { project: token.project.siteKey, userHash: undefined };
    return await handle(token, request, call);
  });
}
