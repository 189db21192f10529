import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import { StreakdError } from "../../errors.ts";
import { projectToMessage, readProject } from "./project-message.ts";
import type { Projects } from "./projects.ts";

/** Creates the handler that creates a project. */
export function createProjectHandler(projects: Projects): Handler<typeof AdminService.method.createProject> {
  return async (request, call) => {
    const project = readProject(request.project);
    if (!(await projects.create(project))) {
      throw new StreakdError(
        "ALREADY_EXISTS",
        `A project with the siteKey "${project.siteKey}" exists. Choose another one, or leave siteKey out to have one made.`,
        { field: "project.siteKey" },
      );
    }
    call.subject = { project: project.siteKey, userHash: undefined };
    return { project: projectToMessage(project) };
  };
}
