import fc from "fast-check";
import { expect, it } from "vitest";
import { ownDays } from "#src/domain/check-ins.ts";
import { countDays } from "#src/domain/months.ts";
import type { StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, MANY_CALLS_MS, type OpenStore, project, recordUnverified, useStore } from "../fixture.ts";
import { NaiveUsers } from "../naive-users.ts";
import { type Count, countAll, countAndSave, foldAll, isStale, rangesOf, sumOf, totalOf } from "./support.ts";

const NAMES = ["a", "a%", "a|b", "ab", "abc", "b", "é", "只", "🦊"];
const aName = fc.constantFrom(...NAMES);

const anEvent = fc
  .record({
    userHash: aName,
    event: fc.constantFrom("like", "visit"),
    type: fc.constantFrom("streak_interaction" as const, "streak_interaction" as const, "widget_impression" as const),
    day: fc.integer({ min: DAY - 2, max: DAY + 2 }),
  })
  .map(checkIn);

/** What can happen to a project. */
export type Step =
  | { readonly kind: "record"; readonly batch: StoredEvent[] }
  | { readonly kind: "link"; readonly names: readonly [string, string] }
  | { readonly kind: "fold"; readonly limit: number }
  | { readonly kind: "count"; readonly index: number; readonly usersOfAPiece: number };

/** Any step. */
export const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("record" as const), batch: fc.array(anEvent, { maxLength: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("link" as const),
      names: fc.tuple(aName, aName).filter(([one, other]) => one !== other),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("fold" as const), limit: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("count" as const),
      index: fc.nat(5),
      usersOfAPiece: fc.integer({ min: 1, max: 3 }),
    }),
  },
);

/** Does a step to a project. */
export async function perform(store: Stores, projectId: string, step: Step): Promise<void> {
  switch (step.kind) {
    case "record":
      await recordUnverified(
        store,
        step.batch.map((event) => ({ ...event, projectId })),
      );
      break;
    case "link":
      await store.streaks.linkUser(projectId, ...step.names);
      break;
    case "fold":
      await store.analytics.foldChanges(projectId, step.limit);
      break;
    case "count": {
      const stale = (await rangesOf(store, projectId)).filter(isStale);
      const range = stale[step.index % Math.max(stale.length, 1)];
      if (range !== undefined) {
        await countAndSave(store, projectId, range, step.usersOfAPiece);
      }
    }
  }
}

/** Counts what steps recorded, step by step and user by user. */
export function naiveCount(steps: readonly Step[]): Count {
  const naive = new NaiveUsers();
  for (const step of steps) {
    if (step.kind === "link") {
      naive.link(...step.names);
    } else if (step.kind === "record") {
      for (const event of step.batch) {
        naive.record(event);
      }
    }
  }
  const users = NAMES.map((name): Count => {
    const events = naive.events.get(name) ?? 0;
    const days = [...naive.daysOf(name).values()].reduce((sum, set) => sum + countDays(ownDays(set)), 0);
    return { users: events > 0 ? 1 : 0, days, events };
  });
  return sumOf(users);
}

/** Counts by segments against a naive count of the same steps. */
export function describeAnalyticsProperty(open: OpenStore): void {
  const current = useStore(open);
  let projects = 0;

  async function newProject(): Promise<string> {
    projects += 1;
    const projectId = `run${projects}`;
    await current.store.projects.createProject(project({ id: projectId, siteKey: projectId }));
    return projectId;
  }

  it(
    "the sum over all segments is what a naive count finds, whatever was recorded, linked, folded and counted before",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 25 }), async (steps) => {
        const projectId = await newProject();
        for (const step of steps) {
          await perform(current.store, projectId, step);
        }
        await countAll(current.store, projectId);
        expect(await totalOf(current.store, projectId)).toEqual(naiveCount(steps));
      });
      await fc.assert(property, { numRuns: 30 });
    },
    MANY_CALLS_MS,
  );

  it(
    "so it is when everything happens at once: nothing is lost, and nothing is counted twice",
    async () => {
      const steps = fc.array(
        aStep.filter(({ kind }) => kind !== "link"),
        { maxLength: 20 },
      );
      const property = fc.asyncProperty(steps, async (some) => {
        const projectId = await newProject();
        await Promise.all(some.map((step) => perform(current.store, projectId, step)));
        await foldAll(current.store, projectId);
        await countAll(current.store, projectId);
        expect(await totalOf(current.store, projectId)).toEqual(naiveCount(some));
      });
      await fc.assert(property, { numRuns: 20 });
    },
    MANY_CALLS_MS,
  );
}
