import { methods as contracts } from "#gen/methods.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { type Method, methodsOf } from "./call/method.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { createAliasUser } from "./service/aliases/alias-user.ts";
import { createCreateProject } from "./service/projects/create-project.ts";
import { createDeleteProject } from "./service/projects/delete-project.ts";
import { createGetProject } from "./service/projects/get-project.ts";
import { createListProjects } from "./service/projects/list-projects.ts";
import { Projects } from "./service/projects/projects.ts";
import { createUpdateProject } from "./service/projects/update-project.ts";
import { createGetState } from "./service/streaks/get-state.ts";
import { createRecordEvent } from "./service/streaks/record-event.ts";
import type { Stores } from "./store/stores.ts";

/**
 * The methods of the contract with their handlers. proto/ says what each promises.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function createMethods(stores: Stores, ingest: Ingest, clock: () => number): Method[] {
  const projects = new Projects(stores.projects);
  return [
    ...methodsOf(
      StreakService,
      {
        recordEvent: createRecordEvent(projects, ingest, clock),
        getState: createGetState(projects, stores.streaks, clock),
      },
      contracts,
    ),
    ...methodsOf(
      AdminService,
      {
        aliasUser: createAliasUser(projects, stores.streaks),
        createProject: createCreateProject(projects),
        listProjects: createListProjects(projects),
        getProject: createGetProject(projects),
        updateProject: createUpdateProject(projects),
        deleteProject: createDeleteProject(projects),
      },
      contracts,
    ),
  ];
}
