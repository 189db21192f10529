import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { pageOf, readPageToken } from "../page-token.ts";
import type { Projects } from "../projects/projects.ts";
import { tokenToMessage } from "./token-message.ts";
import type { Tokens } from "./tokens.ts";

/** How many tokens a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 100;

/** Creates the handler that lists tokens, a page at a time. */
export function listTokensHandler(tokens: Tokens, projects: Projects): Handler<typeof AdminService.method.listTokens> {
  return async ({ siteKey, pageSize, pageToken }, call) => {
    const list = [siteKey];
    const after = readPageToken(pageToken, list) ?? "";
    const project = siteKey === "" ? undefined : await projects.require(siteKey, call, "siteKey");
    const size = pageSize || DEFAULT_PAGE_SIZE;
    const found = await tokens.list(project?.id, after, size + 1);
    const { page, nextPageToken } = pageOf(found, size, ({ id }) => id, list);
    return { tokens: page.map((token) => tokenToMessage(token)), nextPageToken };
  };
}
