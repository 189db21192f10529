import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { requireReach } from "../../call/principal.ts";
import type { Ports } from "../../store/stores.ts";
import type { Projects } from "../projects/projects.ts";
import { linkVisitor } from "./link-visitor.ts";

/** Creates the handler that links an anonymous visitor to a user. */
export function aliasUserHandler(
  projects: Projects,
  { streaks, events }: Pick<Ports, "streaks" | "events">,
): ChangeHandler<typeof AdminService.method.aliasUser> {
  return async ({ siteKey, anonymousId, userHash }, call) => {
    const { project } = await projects.open(siteKey);
    requireReach(call.principal, project);
    call.subject = { project: project.siteKey, userHash };
    call.deadline.check();
    const asked = [anonymousId, userHash].map((name) => ({ projectId: project.id, userHash: name, verify: true }));
    const [visitor = anonymousId, user] = (await events.resolveUsers(asked)).map((resolved) => resolved.userHash);
    // Apps may link at every login. Only the first time changes anything.
    if (visitor === user && user !== anonymousId && anonymousId !== userHash) {
      return { audit: undefined, make: async () => ({}) };
    }
    return {
      audit: {
        project,
        resource: `projects/${siteKey}/users/${anonymousId}`,
        before: { userHash: visitor },
        after: { userHash },
      },
      async make() {
        await linkVisitor(streaks, project, { anonymousId, userHash }, call);
        return {};
      },
    };
  };
}
