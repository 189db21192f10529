/** Returns a path of a request without the name of a user, which `/admin/projects/{siteKey}/users/{userHash}` has. */
export function withoutUser(path: string): string {
  return path.replace(/\/users\/.+/, "/users/…");
}
