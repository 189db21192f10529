import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { StreakdError } from "../../errors.ts";
import { projectToMessage } from "./project-message.ts";
import type { Projects } from "./projects.ts";

/** How many projects a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 100;

/** Creates the handler that lists the projects, a page at a time. */
export function listProjectsHandler(projects: Projects): Handler<typeof AdminService.method.listProjects> {
  return async (request) => {
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    // One more than the page holds tells whether there is another page.
    const found = await projects.list(readPageToken(request.pageToken), pageSize + 1);
    const page = found.slice(0, pageSize);
    const last = page.at(-1);
    return {
      projects: page.map(projectToMessage),
      nextPageToken: found.length > pageSize && last ? pageTokenAfter(last.siteKey) : "",
    };
  };
}

/** A page token is the last siteKey of the page before, in a spelling that tells clients not to make their own. */
function pageTokenAfter(siteKey: string): string {
  return Buffer.from(siteKey).toString("base64url");
}

function readPageToken(token: string): string {
  const siteKey = Buffer.from(token, "base64url").toString();
  if (pageTokenAfter(siteKey) !== token) {
    throw new StreakdError("INVALID_BODY", "pageToken must be the nextPageToken of an earlier answer.");
  }
  return siteKey;
}
