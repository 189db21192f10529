import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { ChangeHandler } from "../../call/audit.ts";
import { noProject } from "./no-project.ts";
import { projectJson, projectResource } from "./project-resource.ts";
import type { Projects } from "./projects.ts";

/** Creates the handler that deletes a project with everything recorded for it. */
export function deleteProjectHandler(projects: Projects): ChangeHandler<typeof AdminService.method.deleteProject> {
  return async ({ siteKey }, call) => {
    const project = await projects.read(siteKey);
    return {
      // Without a project, only a deletion that was cut short goes on. Its entry is there since it began.
      audit: project && { ...projectResource(project), before: projectJson(project), after: undefined },
      async make() {
        if (!(await projects.delete(project ?? { siteKey }))) {
          throw noProject(siteKey);
        }
        call.subject = { project: siteKey, userHash: undefined };
        return {};
      },
    };
  };
}
