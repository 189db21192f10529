import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { clip, StreakdError } from "../../errors.ts";
import type { UserStore } from "../../store/users.ts";
import type { Projects } from "../projects/projects.ts";
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
    const user = await users.readUser({ projectId: project.id, userHash });
    if (user === undefined) {
      throw new StreakdError("NOT_FOUND", `The project has no user "${clip(userHash)}", and no alias of that name.`);
    }
    return { user: createUserMessages(project, clock()).whole(user, userHash, year) };
  };
}
