import { paths } from "../../routes.ts";

/** The parameter of the address that names the tab of the users' page, and its value for the amnesties. */
export const TAB = { parameter: "tab", amnesties: "amnesties" } as const;

/** The address of a project's amnesties. */
export function amnestiesPath(siteKey: string): string {
  return `${paths.project(siteKey, "users")}?${TAB.parameter}=${TAB.amnesties}`;
}
