import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { noProject } from "./no-project.ts";
import { projectToMessage } from "./project-message.ts";
import type { Projects } from "./projects.ts";

/** Creates the handler that reads a project. */
export function getProjectHandler(projects: Projects): Handler<typeof AdminService.method.getProject> {
  return async ({ siteKey }, call) => {
    const project = await projects.read(siteKey);
    if (project === undefined) {
      throw noProject(siteKey);
    }
    call.subject = { project: siteKey, userHash: undefined };
    return { project: projectToMessage(project) };
  };
}
