import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import { checkIn, DAY, MANY_CALLS_MS, months, type OpenStore, recordUnverified, useStore } from "../fixture.ts";
import { namesOf, usersOf } from "./support.ts";

const NAMES = ["a", "a%", "a/b", "ab", "abc", "b", "只", "🦊"];
const PREFIXES = ["", "a", "ab", "b", "🦊", "x"];

type Step = { readonly batch: StoredEvent[] } | { readonly link: readonly [string, string] };

const aName = fc.constantFrom(...NAMES);

const anEvent = fc
  .record({
    userHash: aName,
    event: fc.constantFrom("like", "visit"),
    type: fc.constantFrom("streak_interaction" as const, "streak_interaction" as const, "widget_impression" as const),
    day: fc.integer({ min: DAY - 2, max: DAY + 2 }),
  })
  .map(checkIn);

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ batch: fc.array(anEvent, { maxLength: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ link: fc.tuple(aName, aName).filter(([one, other]) => one !== other) }) },
);

/** What is known of the names: told as plainly as can be, step by step. */
class Naive {
  readonly aliasOf = new Map<string, string>();
  readonly days = new Map<string, Map<string, Set<number>>>();
  readonly events = new Map<string, number>();

  userOf(name: string): string {
    const target = this.aliasOf.get(name);
    return target === undefined ? name : this.userOf(target);
  }

  record({ userHash, event, type, day }: StoredEvent): void {
    const user = this.userOf(userHash);
    const ofUser = this.days.get(user) ?? new Map<string, Set<number>>();
    const ofEvent = ofUser.get(event) ?? new Set();
    if (type !== "streak_interaction" || !ofEvent.has(day)) {
      this.events.set(user, (this.events.get(user) ?? 0) + 1);
    }
    if (type === "streak_interaction") {
      this.days.set(user, ofUser.set(event, ofEvent.add(day)));
    }
  }

  link(name: string, target: string): void {
    const user = this.userOf(target);
    if (user === name) {
      return;
    }
    const isNew = !this.aliasOf.has(name);
    this.aliasOf.set(name, user);
    if (isNew) {
      const doubled = [...(this.days.get(name) ?? [])].flatMap(([event, days]) =>
        [...days].filter((day) => this.days.get(user)?.get(event)?.has(day)),
      );
      this.events.set(user, (this.events.get(user) ?? 0) + (this.events.get(name) ?? 0) - doubled.length);
      const ofUser = this.days.get(user) ?? new Map<string, Set<number>>();
      for (const [event, days] of this.days.get(name) ?? []) {
        this.days.set(user, ofUser.set(event, new Set([...(ofUser.get(event) ?? []), ...days])));
      }
      this.days.delete(name);
      this.events.delete(name);
    }
  }

  listed(prefix: string) {
    return [...this.days.keys()]
      .filter((user) => user.startsWith(prefix))
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map((userHash) => ({ userHash, days: this.daysOf(userHash) }));
  }

  read(name: string) {
    const userHash = this.userOf(name);
    const aliases = [...this.aliasOf.keys()].filter((alias) => this.userOf(alias) === userHash).toSorted();
    const events = this.events.get(userHash) ?? 0;
    return aliases.length === 0 && events === 0
      ? undefined
      : { userHash, days: this.daysOf(userHash), aliases, events };
  }

  daysOf(user: string) {
    return new Map([...(this.days.get(user) ?? [])].map(([event, days]) => [event, months(...days)]));
  }
}

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
          const naive = new Naive();
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
