/** A line of the metric of projects' calls. None of its labels may hold a quote. */
const LINE = /^streakd_project_requests_total\{project="([^"]*)",method="([^"]*)",code="([^"]*)"\} (\d+)$/gm;

/** The label of the projects that have none of their own. */
const OTHER_PROJECTS = "(other)";

/** The calls of a project. */
export interface ProjectCalls {
  /** How many calls there were of each method that ended with each code, ordered by both. */
  readonly calls: { readonly method: string; readonly code: string; readonly calls: number }[];
  /** Whether none of its calls may be among those of other projects. */
  readonly isCounted: boolean;
}

/**
 * Adds up the calls of a project that instances have counted.
 *
 * @param pages the metrics of each instance, in Prometheus's text format
 */
export function projectCallsOf(siteKey: string, pages: readonly string[]): ProjectCalls {
  const counts = new Map<string, { method: string; code: string; calls: number }>();
  let isCounted = true;
  for (const page of pages) {
    const labels = new Set<string>();
    for (const [, project = "", method = "", code = "", calls] of page.matchAll(LINE)) {
      labels.add(project);
      if (project === siteKey) {
        const key = `${method} ${code}`;
        counts.set(key, { method, code, calls: (counts.get(key)?.calls ?? 0) + Number(calls) });
      }
    }
    isCounted &&= labels.has(siteKey) || !labels.has(OTHER_PROJECTS);
  }
  const ordered = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return { calls: ordered.map(([, count]) => count), isCounted };
}
