import type { TokenProject } from "../../domain/token.ts";
import { StreakdError } from "../../errors.ts";
import type { Projects } from "../projects/projects.ts";

/**
 * Returns the project that a request names, as it is now in the store; undefined when it names none.
 *
 * @param field the path of the field that names it
 * @throws StreakdError INVALID_SITE_KEY when there is no such project
 */
export async function projectOf(siteKey: string, field: string, projects: Projects): Promise<TokenProject | undefined> {
  if (siteKey === "") {
    return undefined;
  }
  const project = await projects.read(siteKey);
  if (project === undefined) {
    throw noProject(siteKey, field);
  }
  return { id: project.id, siteKey };
}

/** Returns the INVALID_SITE_KEY for a project that does not exist. */
export function noProject(siteKey: string, field: string): StreakdError {
  return new StreakdError("INVALID_SITE_KEY", (at) => `No project has the ${at} "${siteKey}".`, { field });
}
