import type { App } from "./app.ts";

/**
 * Returns what the operator is told of what the first start made; empty when it made nothing.
 *
 * @param isTerminal whether a person reads it. Nothing else is shown the token: the output may be collected with the log.
 */
export function describeFirstStart({ url, port, firstStart, isDashboardOn }: App, isTerminal: boolean): string {
  const { siteKey, adminToken, adminTokenFile } = firstStart;
  const curl = port === undefined ? `curl --unix-socket ${url.replace("unix:", "")}` : "curl";
  const base = port === undefined ? "http://localhost" : url;
  const lines: string[] = [];
  if (siteKey) {
    lines.push(
      `This is the first start, so there is a project to try things with: ${siteKey}`,
      "Its widgets are for the events visit and like.",
      "",
      "  Record an event:",
      `    ${curl} -X POST ${base}/v1/e -H "Content-Type: application/json" \\`,
      `      -d '{"siteKey":"${siteKey}","userHash":"user_1","event":"visit"}'`,
      "  Read the streak:",
      `    ${curl} "${base}/v1/state?siteKey=${siteKey}&userHash=user_1&event=visit"`,
      "",
    );
  }
  if (adminToken && adminTokenFile) {
    lines.push(
      `The admin token is in ${adminTokenFile}, which only you can read. Keep it elsewhere and delete the file.`,
      ...(isTerminal ? [`    ${adminToken}`] : []),
      ...(isDashboardOn && port !== undefined ? ["  Sign in with it in a browser:", `    ${base}/dashboard/`] : []),
      "  See the projects with it:",
      `    ${curl} ${base}/admin/projects -H "X-Admin-Token: $(cat ${quoted(adminTokenFile)})"`,
      "",
    );
  }
  return lines.length === 0 ? "" : `\n${lines.join("\n")}\n`;
}

/** A path as a shell reads it. */
function quoted(path: string): string {
  return /^[\w/.-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
