import type { Project } from "../domain/project.ts";
import type { Analytics } from "../service/analytics/analytics.ts";
import type { AnalyticsStore } from "../store/analytics.ts";
import type { ProjectStore } from "../store/projects.ts";

/** How long a round counts at most, in milliseconds; a segment that it has begun it counts to the end. */
export const ROUND_MS = 60_000;

/** How many noted changes are folded at a time. */
const NOTES_AT_ONCE = 500;

/** How many projects are read at a time. */
const PROJECTS_AT_ONCE = 100;

/** What a round works on. */
export interface CountedParts {
  readonly store: AnalyticsStore;
  readonly projects: ProjectStore;
  readonly analytics: Analytics;
  /** How many times as long as it counts it rests. */
  readonly rest: number;
}

/**
 * Returns what counts everything that has changed since the last round; the next round goes on where this one had no more
 * time. The first round looks at all projects, since nobody knows what an earlier process has left. So does a round that
 * is told that another instance may have counted since the last one, and may have left something.
 *
 * @param clock the server's time in epoch milliseconds
 * @param closing ends a round
 */
export function createRound(
  { store, projects, analytics, rest }: CountedParts,
  clock: () => number,
  closing: AbortSignal,
): (isAnew: boolean) => Promise<void> {
  /** The ids of the projects that may have something to count. */
  let changed: Set<string> | undefined;
  /** The `siteKey` after which a round goes on, so that a large project keeps no other one waiting. */
  let after = "";

  return async (isAnew) => {
    const until = clock() + ROUND_MS;
    if (changed === undefined || isAnew) {
      changed = new Set(await idsOf(projects));
      after = "";
    }
    for (const id of await foldAll(store, closing)) {
      changed.add(id);
    }
    if (changed.size === 0) {
      return;
    }
    const isWhole = after === "";
    const found = new Set<string>();
    for await (const project of projectsAfter(projects, after)) {
      if (closing.aborted || clock() >= until) {
        return;
      }
      after = project.siteKey;
      found.add(project.id);
      if (changed.has(project.id) && (await analytics.count(project, { rest, until }))) {
        changed.delete(project.id);
      }
    }
    if (isWhole) {
      // What is not among all projects was deleted.
      changed = changed.intersection(found);
    }
    after = "";
  };
}

/** Folds all settled notes. Returns the projects that they are of. */
async function foldAll(store: AnalyticsStore, closing: AbortSignal): Promise<Set<string>> {
  const found = new Set<string>();
  for (let hasMore = true; hasMore && !closing.aborted; ) {
    const folded = await store.foldChanges(undefined, NOTES_AT_ONCE);
    for (const id of folded.projectIds) {
      found.add(id);
    }
    hasMore = folded.hasMore;
  }
  return found;
}

async function idsOf(projects: ProjectStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of projectsAfter(projects, "")) {
    ids.push(id);
  }
  return ids;
}

async function* projectsAfter(projects: ProjectStore, after: string): AsyncGenerator<Project> {
  let page = await projects.listProjects(after, PROJECTS_AT_ONCE);
  while (page.length > 0) {
    yield* page;
    page = await projects.listProjects((page.at(-1) as Project).siteKey, PROJECTS_AT_ONCE);
  }
}
