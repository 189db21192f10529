import type { AdminService } from "#gen/streak/v1/admin_service_pb.ts";
import type { Call } from "../../call/call.ts";
import type { Handler } from "../../call/method.ts";
import type { Project } from "../../domain/project.ts";
import { pageTokenAfter, readPageToken } from "../page-token.ts";
import { projectToMessage } from "./project-message.ts";
import type { Projects } from "./projects.ts";

/** How many projects a page holds when the request does not say. */
const DEFAULT_PAGE_SIZE = 100;

/**
 * The most bytes of projects on a page, as JSON. A project may have several hundred KiB. Without this bound, a page
 * with the largest number of projects would keep the server busy for seconds.
 */
export const MAX_PAGE_BYTES = 1024 * 1024;

/** How many projects are read from the store at once, so that little more is read than the page holds. */
const READ_AT_ONCE = 10;

/** There is one list of projects. */
const LIST: readonly string[] = [];

/** Creates the handler that lists the projects, a page at a time. */
export function listProjectsHandler(projects: Projects): Handler<typeof AdminService.method.listProjects> {
  return async (request, { deadline }) => {
    const pageSize = request.pageSize || DEFAULT_PAGE_SIZE;
    const page: Project[] = [];
    let bytes = 0;
    for await (const project of projectsAfter(readPageToken(request.pageToken, LIST) ?? "", projects, deadline)) {
      bytes += Buffer.byteLength(JSON.stringify(project));
      // A page always has at least one project, so that every list comes to its end.
      if (page.length === pageSize || (page.length > 0 && bytes > MAX_PAGE_BYTES)) {
        const last = page.at(-1)?.siteKey ?? "";
        return { projects: page.map(projectToMessage), nextPageToken: pageTokenAfter(last, LIST) };
      }
      page.push(project);
    }
    return { projects: page.map(projectToMessage), nextPageToken: "" };
  };
}

/** Reads the projects whose `siteKey` is greater than `after`, only as many as the caller asks for. */
async function* projectsAfter(after: string, projects: Projects, deadline: Call["deadline"]): AsyncGenerator<Project> {
  let last: string | undefined = after;
  while (last !== undefined) {
    deadline.check();
    const found: Project[] = await projects.list(last, READ_AT_ONCE);
    yield* found;
    last = found.length === READ_AT_ONCE ? found.at(-1)?.siteKey : undefined;
  }
}
