import { methods as contracts } from "#gen/methods.ts";
import { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import { StreakService } from "#gen/streak/v1/streak_service_pb.ts";
import { type Method, methodsOf } from "../call/method.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { StreakStore } from "../store/streak-store.ts";
import { createAliasUser } from "./aliases/alias-user.ts";
import { createCreateProject } from "./projects/create-project.ts";
import { createDeleteProject } from "./projects/delete-project.ts";
import { createGetProject } from "./projects/get-project.ts";
import { createListProjects } from "./projects/list-projects.ts";
import { Projects } from "./projects/projects.ts";
import { createUpdateProject } from "./projects/update-project.ts";
import { createGetState } from "./streaks/get-state.ts";
import { createRecordEvent } from "./streaks/record-event.ts";

/**
 * The methods of the contract with their handlers. proto/ says what each promises.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function createMethods(store: StreakStore, ingest: Ingest, clock: () => number): Method[] {
  const projects = new Projects(store);
  return [
    ...methodsOf(
      StreakService,
      {
        recordEvent: createRecordEvent(projects, ingest, clock),
        getState: createGetState(projects, store, clock),
      },
      contracts,
    ),
    ...methodsOf(
      AdminService,
      {
        aliasUser: createAliasUser(projects, store),
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
