import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { UserSummary } from "#gen/streak/v1/user_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { UserStore } from "../../store/users.ts";
import { pageTokenAfter, readPageToken } from "../page-token.ts";
import type { Projects } from "../projects/projects.ts";
import { createUserMessages } from "./user-message.ts";

/** How many users a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 100;

/** After how many streaks a page ends. A streak has some 200 bytes as JSON, so a page has at most about 1 MiB. */
const STREAKS_OF_A_PAGE = 5000;

/**
 * After how many slices a page ends, even with few users. In a project with many aliases, most names are not users.
 */
const SLICES_OF_A_PAGE = 200;

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
    let last = readPageToken(pageToken, list);
    const project = await projects.require(siteKey, call);

    const messages = createUserMessages(project, clock());
    const size = pageSize || DEFAULT_PAGE_SIZE;
    const page: UserSummary[] = [];
    let streaks = 0;
    let slices = 0;
    do {
      call.deadline.check();
      const range = { projectId: project.id, prefix, after: last, limit: size - page.length };
      const slice = await users.listUsers(range);
      for (const user of slice.users) {
        page.push(messages.summary(user));
        streaks += user.days.size;
      }
      last = slice.last;
      slices += 1;
    } while (last !== undefined && page.length < size && streaks < STREAKS_OF_A_PAGE && slices < SLICES_OF_A_PAGE);
    return { users: page, nextPageToken: last === undefined ? "" : pageTokenAfter(last, list) };
  };
}
