import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { refusal } from "../../errors.ts";
import type { StreakStore } from "../../store/streaks.ts";
import type { Projects } from "../projects/projects.ts";

/** Creates the handler that links an anonymous visitor to a user. */
export function aliasUserHandler(
  projects: Projects,
  streaks: StreakStore,
): Handler<typeof AdminService.method.aliasUser> {
  return async ({ siteKey, anonymousId, userHash }, call) => {
    if (anonymousId === userHash) {
      throw refusal("anonymousId", "and userHash are the same. A user can't be an alias of itself");
    }
    const { project } = await projects.open(siteKey);
    call.subject = { project: project.siteKey, userHash };
    call.deadline.check();
    if (!(await streaks.linkUser(project.id, anonymousId, userHash))) {
      throw refusal(
        "userHash",
        `"${userHash}" is an alias of anonymousId "${anonymousId}" already. The other way round too would make a circle`,
      );
    }
    return {};
  };
}
