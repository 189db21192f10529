import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { UserSummary } from "#gen/streak/v1/user_pb.ts";
import type { Handler } from "../../call/method.ts";
import { actionEventsOf } from "../../domain/actions.ts";
import type { UserStore } from "../../store/users.ts";
import { pageTokenAfter, readPageToken } from "../page-token.ts";
import type { Projects } from "../projects/projects.ts";
import { slicesOfPage } from "./page-of-users.ts";
import { createUserMessages } from "./user-message.ts";

/** How many users a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 100;

/**
 * Creates the handler that lists the users of a project, a page at a time.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function listUsersHandler(
  projects: Projects,
  users: UserStore,
  clock: () => number,
): Handler<typeof AdminService.method.listUsers> {
  return async ({ siteKey, pageSize, pageToken, prefix }, call) => {
    const list = [siteKey, prefix];
    const after = readPageToken(pageToken, list);
    const project = await projects.require(siteKey, call);

    const messages = createUserMessages(project, clock());
    const page: UserSummary[] = [];
    const actionEvents = actionEventsOf(project.widgets);
    const range = {
      projectId: project.id,
      prefix,
      after,
      limit: pageSize || DEFAULT_PAGE_SIZE,
      ...(actionEvents && { actionEvents }),
    };
    let last: string | undefined;
    for await (const slice of slicesOfPage(users, range, call)) {
      page.push(...slice.users.map(messages.summary));
      last = slice.last;
    }
    return { users: page, nextPageToken: last === undefined ? "" : pageTokenAfter(last, list) };
  };
}
