import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { projectToMessage } from "./project-message.ts";
import type { Projects } from "./projects.ts";

/** Creates the handler that reads a project. */
export function getProjectHandler(projects: Projects): Handler<typeof AdminService.method.getProject> {
  return async ({ siteKey }, call) => {
    const project = await projects.require(siteKey, call);
    return { project: projectToMessage(project) };
  };
}
