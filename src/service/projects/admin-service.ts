import { create } from "@bufbuild/protobuf";
import {
  type AliasUserRequest,
  type AliasUserResponse,
  AliasUserResponseSchema,
  type CreateProjectRequest,
  type CreateProjectResponse,
  CreateProjectResponseSchema,
  type DeleteProjectRequest,
  type DeleteProjectResponse,
  DeleteProjectResponseSchema,
  type GetProjectRequest,
  type GetProjectResponse,
  GetProjectResponseSchema,
  type ListProjectsRequest,
  type ListProjectsResponse,
  ListProjectsResponseSchema,
  type UpdateProjectRequest,
  type UpdateProjectResponse,
  UpdateProjectResponseSchema,
} from "#gen/streak/v1/admin_service_pb.ts";
import type { Call } from "../../call/call.ts";
import { StreakdError } from "../../errors.ts";
import type { Stores } from "../../store/stores.ts";
import { projectToMessage, readProject, readProjectChange } from "./project-message.ts";
import type { Projects } from "./projects.ts";

/** How many projects a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 100;

/**
 * The methods for those who hold the admin token; the transports check it before they call.
 * proto/streak/v1/admin_service.proto says what each promises.
 */
export class AdminService {
  readonly #projects: Projects;
  readonly #stores: Pick<Stores, "projects" | "streaks">;

  constructor(projects: Projects, stores: Pick<Stores, "projects" | "streaks">) {
    this.#projects = projects;
    this.#stores = stores;
  }

  /** Links an anonymous visitor to a user. */
  async aliasUser(request: AliasUserRequest, call: Call): Promise<AliasUserResponse> {
    const { anonymousId, userHash } = request;
    if (anonymousId === userHash) {
      throw new StreakdError(
        "INVALID_BODY",
        "anonymousId and userHash are the same. A user can't be an alias of itself.",
      );
    }
    const { project } = await this.#projects.open(request.siteKey);
    call.deadline.check();
    if (!(await this.#stores.streaks.linkUser(project.id, anonymousId, userHash))) {
      throw new StreakdError(
        "INVALID_BODY",
        `userHash "${userHash}" is an alias of anonymousId "${anonymousId}" already. The other way round too would make a circle.`,
      );
    }
    return create(AliasUserResponseSchema);
  }

  /** Creates a project. */
  async createProject(request: CreateProjectRequest): Promise<CreateProjectResponse> {
    const project = readProject(request.project);
    if (!(await this.#projects.create(project))) {
      throw new StreakdError(
        "ALREADY_EXISTS",
        `A project with the siteKey "${project.siteKey}" exists. Choose another one, or leave siteKey out to have one made.`,
      );
    }
    return create(CreateProjectResponseSchema, { project: projectToMessage(project) });
  }

  /** Lists the projects, a page at a time. */
  async listProjects(request: ListProjectsRequest): Promise<ListProjectsResponse> {
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    // One more than the page holds tells whether there is another page.
    const found = await this.#stores.projects.listProjects(readPageToken(request.pageToken), pageSize + 1);
    const page = found.slice(0, pageSize);
    const last = page.at(-1);
    return create(ListProjectsResponseSchema, {
      projects: page.map(projectToMessage),
      nextPageToken: found.length > pageSize && last ? pageTokenAfter(last.siteKey) : "",
    });
  }

  /** Reads a project. */
  async getProject(request: GetProjectRequest): Promise<GetProjectResponse> {
    const project = await this.#stores.projects.readProject(request.siteKey);
    if (project === undefined) {
      throw noProject(request.siteKey);
    }
    return create(GetProjectResponseSchema, { project: projectToMessage(project) });
  }

  /** Changes the named fields of a project. */
  async updateProject(request: UpdateProjectRequest): Promise<UpdateProjectResponse> {
    const siteKey = request.project?.siteKey;
    if (!siteKey) {
      throw new StreakdError("INVALID_BODY", "project.siteKey must say which project to change.");
    }
    const change = readProjectChange(request.project, request.updateMask);
    const project = await this.#projects.update(siteKey, change);
    if (project === undefined) {
      throw noProject(siteKey);
    }
    return create(UpdateProjectResponseSchema, { project: projectToMessage(project) });
  }

  /** Deletes a project with everything recorded for it. */
  async deleteProject(request: DeleteProjectRequest): Promise<DeleteProjectResponse> {
    if (!(await this.#projects.delete(request.siteKey))) {
      throw noProject(request.siteKey);
    }
    return create(DeleteProjectResponseSchema);
  }
}

function noProject(siteKey: string): StreakdError {
  return new StreakdError("NOT_FOUND", `No project has the siteKey "${siteKey}".`);
}

/** A page token is the last siteKey of the page before, in a spelling that tells clients not to make their own. */
function pageTokenAfter(siteKey: string): string {
  return Buffer.from(siteKey).toString("base64url");
}

function readPageToken(token: string): string {
  const siteKey = Buffer.from(token, "base64url").toString();
  if (pageTokenAfter(siteKey) !== token) {
    throw new StreakdError("INVALID_BODY", "pageToken must be the nextPageToken of an earlier answer.");
  }
  return siteKey;
}
