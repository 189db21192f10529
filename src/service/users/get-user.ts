import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { actionEventsOf } from "../../domain/actions.ts";
import type { UserStore } from "../../store/users.ts";
import type { Projects } from "../projects/projects.ts";
import { noUser } from "./no-user.ts";
import { createUserMessages } from "./user-message.ts";

/**
 * Creates the handler that reads everything about a user.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function getUserHandler(
  projects: Projects,
  users: UserStore,
  clock: () => number,
): Handler<typeof AdminService.method.getUser> {
  return async ({ siteKey, userHash, year }, call) => {
    const project = await projects.require(siteKey, call);
    call.subject = { project: siteKey, userHash };
    call.deadline.check();
    const user = await users.readUser({ projectId: project.id, userHash }, actionEventsOf(project.widgets));
    if (user === undefined) {
      throw noUser(userHash);
    }
    return { user: createUserMessages(project, clock()).whole(user, userHash, year) };
  };
}
