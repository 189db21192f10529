import { create } from "@bufbuild/protobuf";
import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { TokenSchema } from "#gen/streak/v1/token_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { unknownSiteKey } from "../projects/no-project.ts";
import type { Projects } from "../projects/projects.ts";
import { makeToken, requireShorterLife } from "./make-token.ts";
import { readExpireTime, readScopes, tokenToMessage } from "./token-message.ts";
import { tokenJson, tokenResource } from "./token-resource.ts";
import type { Tokens } from "./tokens.ts";

/** Creates the handler that creates a token. */
export function createTokenHandler(
  tokens: Tokens,
  projects: Projects,
  clock: () => number,
): ChangeHandler<typeof AdminService.method.createToken> {
  return async ({ token: wanted = create(TokenSchema) }, call) => {
    const now = clock();
    const scopes = readScopes(wanted.scopes);
    const expireTime = readExpireTime(wanted.expireTime, "token.expireTime", now);
    requireShorterLife(call.principal, expireTime);
    const named = wanted.siteKey === "" ? undefined : await projects.require(wanted.siteKey, call, "token.siteKey");
    const project = named && { id: named.id, siteKey: named.siteKey };
    const { token, secret } = makeToken(tokens.newId(), { name: wanted.name, project, scopes }, expireTime, now);
    return {
      audit: { ...tokenResource(token), before: undefined, after: tokenJson(token) },
      async make() {
        if (!(await tokens.create(token))) {
          throw unknownSiteKey(wanted.siteKey, "token.siteKey");
        }
        return { token: tokenToMessage(token, secret) };
      },
    };
  };
}
