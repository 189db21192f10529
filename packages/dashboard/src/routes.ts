/** Below this path is the dashboard. */
export const BASE = "/dashboard";

/** The pages of a project. */
export const PROJECT_PAGES = ["overview", "users", "widgets", "settings", "start"] as const;

/** A page of a project. */
export type ProjectPage = (typeof PROJECT_PAGES)[number];

/** Where one is in the dashboard. */
export type Route =
  | { readonly page: "projects" }
  | { readonly page: "system" }
  | { readonly page: ProjectPage; readonly siteKey: string; readonly userHash?: string };

/** What the address of each page is. */
export const paths = {
  projects: () => `${BASE}/`,
  system: () => `${BASE}/system`,
  project: (siteKey: string, page: ProjectPage) => `${BASE}/p/${encodeURIComponent(siteKey)}/${page}`,
  user: (siteKey: string, userHash: string) => `${paths.project(siteKey, "users")}/${userPart(userHash)}`,
};

/**
 * The part of a path that names a user. Browsers read the parts `.` and `..` as steps in the path, even with escapes. So a
 * tilde stands before these names, and before those that begin with a tilde.
 */
function userPart(userHash: string): string {
  return `${/^(?:\.{1,2}$|~)/.test(userHash) ? "~" : ""}${encodeURIComponent(userHash)}`;
}

/**
 * Returns the page at a path.
 *
 * @param pathname as in `location.pathname`, with its escapes
 * @returns undefined when there is no such page
 */
export function routeOf(pathname: string): Route | undefined {
  const parts = partsOf(pathname);
  if (parts?.length === 0) {
    return { page: "projects" };
  }
  const [first, siteKey, page, userHash, ...more] = parts ?? [];
  if (first === "system" && siteKey === undefined) {
    return { page: "system" };
  }
  const known = PROJECT_PAGES.find((each) => each === page);
  if (first !== "p" || siteKey === undefined || known === undefined || more.length > 0) {
    return undefined;
  }
  if (userHash === undefined) {
    return { page: known, siteKey };
  }
  return known === "users" ? { page: known, siteKey, userHash: userHash.replace(/^~/, "") } : undefined;
}

/** Returns the parts of a path below the base, without their escapes; undefined when an escape is broken. */
function partsOf(pathname: string): string[] | undefined {
  try {
    return pathname.slice(BASE.length).split("/").filter(Boolean).map(decodeURIComponent);
  } catch (_broken) {
    return undefined;
  }
}
