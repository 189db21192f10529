import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, MANY_CALLS_MS, type OpenStore, recordUnverified, useStore } from "../fixture.ts";
import { NaiveUsers } from "../naive-users.ts";
import { namesOf, usersOf } from "./support.ts";

const NAMES = ["a", "a%", "a/b", "ab", "abc", "b", "只", "🦊"];
const PREFIXES = ["", "a", "ab", "b", "🦊", "x"];

type Step = { readonly batch: StoredEvent[] } | { readonly link: readonly [string, string] };

const aName = fc.constantFrom(...NAMES);

const anEvent = fc
  .record(
    {
      userHash: aName,
      event: fc.constantFrom("like", "visit"),
      type: fc.constantFrom("streak_interaction" as const, "streak_interaction" as const, "widget_impression" as const),
      day: fc.integer({ min: DAY - 2, max: DAY + 2 }),
      late: fc.constant(true as const),
    },
    { requiredKeys: ["userHash", "event", "type", "day"] },
  )
  .map(checkIn);

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ batch: fc.array(anEvent, { maxLength: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ link: fc.tuple(aName, aName).filter(([one, other]) => one !== other) }) },
);

/** Lists and reads against what a naive reading of the same steps says. */
export function describeUsersProperty(open: OpenStore): void {
  const current = useStore(open);
  let projects = 0;

  async function perform(store: Stores, projectId: string, step: Step): Promise<void> {
    if ("link" in step) {
      await store.streaks.linkUser(projectId, ...step.link);
    } else {
      await recordUnverified(
        store,
        step.batch.map((event) => ({ ...event, projectId })),
      );
    }
  }

  it(
    "whatever was recorded and linked",
    async () => {
      const property = fc.asyncProperty(
        fc.array(aStep, { maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, limit) => {
          projects += 1;
          const projectId = `run${projects}`;
          const naive = new NaiveUsers();
          for (const step of steps) {
            await perform(current.store, projectId, step);
            if ("link" in step) {
              naive.link(...step.link);
            } else {
              for (const event of step.batch) {
                naive.record(event);
              }
            }
          }
          for (const prefix of PREFIXES) {
            expect(await usersOf(current.store, { projectId, prefix, limit })).toEqual(naive.listed(prefix));
          }
          for (const userHash of NAMES) {
            const user = await current.store.users.readUser({ projectId, userHash });
            const told = user && {
              userHash: user.userHash,
              days: user.days,
              aliases: user.aliases.toSorted(),
              events: user.recentEvents.length,
            };
            expect(told, userHash).toEqual(naive.read(userHash));
          }
        },
      );
      await fc.assert(property, { numRuns: 30 });
    },
    MANY_CALLS_MS,
  );

  it(
    "while users come between the slices: nobody twice, and nobody missing who was there",
    async () => {
      const names = fc.uniqueArray(
        fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("a", "b", "|", "%", "é") }),
        {
          maxLength: 20,
        },
      );
      const property = fc.asyncProperty(names, names, fc.integer({ min: 1, max: 3 }), async (before, come, limit) => {
        projects += 1;
        const projectId = `run${projects}`;
        const arrive = async (...users: string[]) =>
          await recordUnverified(
            current.store,
            users.map((userHash) => checkIn({ projectId, userHash })),
          );
        await arrive(...before);
        const left = [...come];
        const listed = await namesOf(current.store, { projectId, limit }, async () => {
          await arrive(...left.splice(0, 2));
        });
        expect(new Set(listed).size).toBe(listed.length);
        expect(listed).toEqual(expect.arrayContaining(before));
        expect([...before, ...come]).toEqual(expect.arrayContaining(listed));
      });
      await fc.assert(property, { numRuns: 25 });
    },
    MANY_CALLS_MS,
  );
}
