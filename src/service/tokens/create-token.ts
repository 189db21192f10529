import { create } from "@bufbuild/protobuf";
import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { TokenSchema } from "#gen/streak/v1/token_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import type { Projects } from "../projects/projects.ts";
import { makeToken, requireShorterLife } from "./make-token.ts";
import { noProject, projectOf } from "./project-of.ts";
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
    const project = await projectOf(wanted.siteKey, "token.siteKey", projects);
    const { token, secret } = makeToken({ name: wanted.name, project, scopes }, expireTime, now);
    return {
      audit: { ...tokenResource(token), before: undefined, after: tokenJson(token) },
      async make() {
        if (!(await tokens.create(token))) {
          throw noProject(wanted.siteKey, "token.siteKey");
        }
        call.subject = project && { project: project.siteKey, userHash: undefined };
        return { token: tokenToMessage(token, secret) };
      },
    };
  };
}
