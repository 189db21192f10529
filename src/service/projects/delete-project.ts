import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { noProject } from "./no-project.ts";
import type { Projects } from "./projects.ts";

/** Creates the handler that deletes a project with everything recorded for it. */
export function deleteProjectHandler(projects: Projects): Handler<typeof AdminService.method.deleteProject> {
  return async ({ siteKey }, call) => {
    if (!(await projects.delete(siteKey))) {
      throw noProject(siteKey);
    }
    call.subject = { project: siteKey, userHash: undefined };
    return {};
  };
}
