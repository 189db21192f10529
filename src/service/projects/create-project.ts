import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { StreakdError } from "../../errors.ts";
import { projectToMessage, readProject } from "./project-message.ts";
import { projectJson, projectResource } from "./project-resource.ts";
import type { Projects } from "./projects.ts";

/** Creates the handler that creates a project. */
export function createProjectHandler(
  projects: Projects,
  clock: () => number,
): ChangeHandler<typeof AdminService.method.createProject> {
  return async (request, call) => {
    const project = readProject(request.project, clock());
    return {
      audit: { ...projectResource(project), before: undefined, after: projectJson(project) },
      async make() {
        if (!(await projects.create(project))) {
          throw new StreakdError(
            "ALREADY_EXISTS",
            `A project with the siteKey "${project.siteKey}" exists. Choose another one, or leave siteKey out to have one made.`,
            { field: "project.siteKey" },
          );
        }
        call.subject = { project: project.siteKey, userHash: undefined };
        return { project: projectToMessage(project) };
      },
    };
  };
}
