import fc from "fast-check";
import { expect, it } from "vitest";
import { isoMonth } from "#src/domain/day.ts";
import type { Outcome } from "#src/store/events.ts";
import { STRAGGLERS_MS } from "#src/store/seats.ts";
import {
  checkIn,
  DAY,
  DAY_MS,
  daysOf,
  gated,
  impression,
  MANY_CALLS_MS,
  months,
  NOW,
  type OpenStore,
  project,
  recordGated,
  useStore,
} from "./fixture.ts";

const MONTH = isoMonth(DAY);
const NEXT_MONTH = DAY + 31;

/** Returns one event for each of so many new users. */
function newcomers(count: number, limit: number, name = "newcomer") {
  return Array.from({ length: count }, (_, index) => gated(limit, { userHash: `${name} ${index}` }));
}

function count(outcomes: readonly Outcome[], wanted: Outcome): number {
  return outcomes.filter((outcome) => outcome === wanted).length;
}

/** What every `SeatStore` does, and `record` for events with a gate. */
export function describeSeatStore(open: OpenStore): void {
  const current = useStore(open);
  const activeStreakers = async (projectId = "p1", month = MONTH) =>
    (await current.store.usage.countUsage(projectId, [month]))[0]?.activeStreakers;

  it("a month has to be opened once for newcomers", async () => {
    expect(await current.store.events.record([gated(2)], NOW)).toEqual(["unopened"]);
    expect(await daysOf(current.store, "ann")).toEqual({});
    await current.store.seats.openMonth("p1", MONTH, NOW - 30 * DAY_MS, NOW);
    expect(await current.store.events.record([gated(2)], NOW)).toEqual(["stored"]);
    expect(await current.store.events.record([gated(2, { userHash: "bob", day: NEXT_MONTH })], NOW)).toEqual([
      "stored",
    ]);
  });

  it("as many users as the limit says get seats, and go on for the month; nothing of the others is stored", async () => {
    expect(await recordGated(current.store, newcomers(5, 3))).toEqual(["stored", "stored", "stored", "full", "full"]);
    expect(await recordGated(current.store, newcomers(5, 3))).toEqual(["repeat", "repeat", "repeat", "full", "full"]);
    const tomorrow = newcomers(5, 3).map((event) => ({ ...event, day: DAY + 1 }));
    expect(await recordGated(current.store, tomorrow)).toEqual(["stored", "stored", "stored", "full", "full"]);
    expect(await daysOf(current.store, "newcomer 3")).toEqual({});
    expect(await activeStreakers()).toBe(3);
  });

  it("a user needs one seat for all events, and in each month another", async () => {
    await recordGated(current.store, newcomers(1, 1));
    const other = { userHash: "newcomer 0", event: "visit" };
    expect(await recordGated(current.store, [gated(1, other), gated(1)])).toEqual(["stored", "full"]);
    const next = [gated(1, { day: NEXT_MONTH }), gated(1, { ...other, day: NEXT_MONTH })];
    expect(await recordGated(current.store, next)).toEqual(["stored", "full"]);
  });

  it("a late event counts to the month of its day", async () => {
    expect(await recordGated(current.store, [gated(1), gated(1, { day: DAY - 31 })])).toEqual(["stored", "stored"]);
    const late = gated(1, { userHash: "bob", day: DAY - 31 });
    expect(await recordGated(current.store, [late])).toEqual(["full"]);
  });

  it("analytics events need no seat and make no streaker", async () => {
    const { gate } = gated(1);
    await recordGated(current.store, [gated(1), impression({ userHash: "bob", ...(gate && { gate }) })]);
    expect(await activeStreakers()).toBe(1);
    expect(await recordGated(current.store, [gated(2, { userHash: "cat" })])).toEqual(["stored"]);
  });

  it("events without a gate and other projects know no limit", async () => {
    await recordGated(current.store, newcomers(2, 1));
    const free = [checkIn({ userHash: "bob" }), gated(1, { projectId: "p2" })];
    expect(await recordGated(current.store, free)).toEqual(["stored", "stored"]);
  });

  it("users who are active before the gate is set keep on, over the limit too", async () => {
    const before = newcomers(5, 0).map(({ gate: _, ...event }) => event);
    await recordGated(current.store, before);
    const tomorrow = newcomers(6, 3).map((event) => ({ ...event, day: DAY + 1 }));
    expect(await recordGated(current.store, tomorrow)).toEqual([...Array(5).fill("stored"), "full"]);
    expect(await activeStreakers()).toBe(5);
  });

  it("users who are active before the gate is set leave room for no more than the limit", async () => {
    await recordGated(current.store, [checkIn(), checkIn({ userHash: "bob" })]);
    expect(count(await recordGated(current.store, newcomers(4, 3)), "stored")).toBe(1);
  });

  it("an event that was under way when the gate was set takes up a seat soon", async () => {
    const since = NOW;
    await recordGated(current.store, [gated(3, { userHash: "first" }, since)]);
    await current.store.events.record([checkIn({ userHash: "straggler" })], NOW);
    const later = NOW + STRAGGLERS_MS;
    const left = ["bob", "cat"].map((userHash) => gated(3, { userHash }, since));
    expect(await recordGated(current.store, left, later)).toEqual(["stored", "full"]);
  });

  it("a gate that is lifted and set again takes up those who came in between", async () => {
    await recordGated(current.store, newcomers(2, 2));
    await current.store.events.record([checkIn({ userHash: "between" })], NOW);
    const again = gated(3, { userHash: "bob" }, NOW);
    expect(await recordGated(current.store, [again])).toEqual(["full"]);
    expect(await recordGated(current.store, [gated(4, { userHash: "bob" }, NOW)])).toEqual(["stored"]);
  });

  it("a lower limit lets nobody in until enough are gone, a higher one at once", async () => {
    await recordGated(current.store, newcomers(4, 4));
    expect(await recordGated(current.store, [gated(2)])).toEqual(["full"]);
    await current.store.streaks.linkUser("p1", "newcomer 3", "newcomer 2");
    await current.store.streaks.linkUser("p1", "newcomer 0", "newcomer 1");
    expect(await recordGated(current.store, [gated(2)])).toEqual(["full"]);
    await current.store.streaks.linkUser("p1", "newcomer 1", "newcomer 2");
    expect(await recordGated(current.store, [gated(2), gated(2, { userHash: "bob" })])).toEqual(["stored", "full"]);
    expect(await recordGated(current.store, newcomers(4, 5, "more"))).toEqual(["stored", "stored", "stored", "full"]);
    expect(await activeStreakers()).toBe(5);
  });

  it("linking two active users frees a seat at once, and linking one that is not active frees none", async () => {
    await recordGated(current.store, newcomers(2, 2));
    await current.store.streaks.linkUser("p1", "somebody", "newcomer 0");
    expect(await recordGated(current.store, [gated(2)])).toEqual(["full"]);
    await current.store.streaks.linkUser("p1", "newcomer 0", "newcomer 1");
    expect(await recordGated(current.store, [gated(2), gated(2, { userHash: "bob" })])).toEqual(["stored", "full"]);
  });

  it("the seat of a visitor is the seat of the user that the visitor is linked to", async () => {
    await recordGated(current.store, newcomers(1, 1));
    await current.store.streaks.linkUser("p1", "newcomer 0", "ann");
    const events = ["ann", "newcomer 0", "bob"].map((userHash) => gated(1, { userHash, day: DAY + 1 }));
    expect(await recordGated(current.store, events)).toEqual(["stored", "repeat", "full"]);
    expect(await activeStreakers()).toBe(1);
  });

  it("an event of an alias is its user's, who has a seat", async () => {
    await recordGated(current.store, [gated(1)]);
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await recordGated(current.store, [gated(1, { userHash: "anon", day: DAY + 1 })])).toEqual(["stored"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY, DAY + 1));
  });

  it("an event that is full does not use up its idempotency key", async () => {
    await recordGated(current.store, newcomers(2, 2));
    const event = gated(2, { userHash: "ann", idempotencyKey: "k" });
    expect(await recordGated(current.store, [event])).toEqual(["full"]);
    expect(await recordGated(current.store, [{ ...event, id: "again" }])).toEqual(["full"]);
    await current.store.streaks.linkUser("p1", "newcomer 0", "newcomer 1");
    expect(await recordGated(current.store, [{ ...event, id: "third" }])).toEqual(["stored"]);
    expect(await recordGated(current.store, [{ ...event, id: "fourth", day: DAY + 1 }])).toEqual(["replayed"]);
    expect(await daysOf(current.store, "ann")).toEqual(months(DAY));
  });

  it("a replay needs no seat in the month that it would be of", async () => {
    const event = gated(1, { userHash: "ann", idempotencyKey: "k" });
    await recordGated(current.store, [event, gated(1, { userHash: "bob", day: NEXT_MONTH })]);
    expect(await recordGated(current.store, [{ ...event, id: "again", day: NEXT_MONTH }])).toEqual(["replayed"]);
  });

  it("each event of a batch goes by its own gate", async () => {
    await recordGated(current.store, newcomers(1, 1));
    const later = NOW - 29 * DAY_MS;
    const batch = [gated(1, { userHash: "ann" }), gated(10, { userHash: "bob" }, later), gated(1, { userHash: "cat" })];
    expect(await recordGated(current.store, batch)).toEqual(["full", "stored", "full"]);
  });

  it("a full event sets no zone", async () => {
    await recordGated(current.store, newcomers(1, 1));
    await recordGated(current.store, [gated(1, { userHash: "ann", tz: "Asia/Tokyo" })]);
    const [user] = await current.store.events.resolveUsers([{ projectId: "p1", userHash: "ann", verify: true }]);
    expect(user).toEqual({ userHash: "ann" });
  });

  it("seats are there after a restart", async () => {
    await recordGated(current.store, newcomers(2, 2));
    await current.reopen();
    expect(await current.store.events.record([gated(2)], NOW)).toEqual(["full"]);
    expect(await recordGated(current.store, newcomers(2, 2))).toEqual(["repeat", "repeat"]);
  });

  it("a name whose seat was given up can be a newcomer again", async () => {
    await recordGated(current.store, newcomers(2, 2));
    await current.store.projects.createProject(project());
    await current.store.streaks.linkUser("p1", "newcomer 0", "newcomer 1");
    await current.store.projects.deleteProject(project());
    expect(await recordGated(current.store, newcomers(3, 2))).toEqual(["stored", "stored", "full"]);
  });

  it("a deleted project takes its seats along", async () => {
    await current.store.projects.createProject(project());
    await recordGated(current.store, newcomers(2, 2));
    await current.store.projects.deleteProject(project());
    expect(await current.store.events.record([gated(2)], NOW)).toEqual(["unopened"]);
    expect(await recordGated(current.store, newcomers(3, 2, "new"))).toEqual(["stored", "stored", "full"]);
  });

  it(
    "newcomers at once, with aliases being linked, take each seat once and leave none",
    async () => {
      await current.store.seats.openMonth("p1", MONTH, NOW - 30 * DAY_MS, NOW);
      const limit = 50;
      const visitors = Array.from({ length: 30 }, (_, index) => `visitor ${index}`);
      const batches = Array.from({ length: 6 }, (_, batch) => newcomers(20, limit, `newcomer ${batch}`));
      const outcomes = await Promise.all([
        ...batches.map((batch) => recordGated(current.store, batch)),
        ...[0, 1, 2].map((third) =>
          recordGated(
            current.store,
            visitors.slice(10 * third, 10 * third + 10).map((userHash) => gated(limit, { userHash })),
          ),
        ),
        ...visitors.map((userHash, index) =>
          current.store.streaks.linkUser("p1", userHash, `newcomer 0 ${index % 10}`).then((): Outcome[] => []),
        ),
      ]);
      expect(await activeStreakers()).toBeLessThanOrEqual(limit);
      expect(count(outcomes.flat(), "full")).toBeGreaterThan(0);
      const latecomers = await recordGated(current.store, newcomers(51, limit, "latecomer"));
      expect(count(latecomers, "full")).toBeGreaterThan(0);
      expect(await activeStreakers()).toBe(limit);
    },
    MANY_CALLS_MS,
  );

  it(
    "events and links in any order leave each month with no more than the limit, and nobody is refused below it",
    async () => {
      const user = fc.integer({ min: 0, max: 7 }).map((number) => `user ${number}`);
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.record({ user, day: fc.constantFrom(DAY, DAY + 1, DAY - 31) }) },
        { weight: 1, arbitrary: fc.record({ alias: user, of: user }) },
        { weight: 1, arbitrary: fc.record({ limit: fc.integer({ min: 1, max: 6 }) }) },
      );
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          run += 1;
          const projectId = `run ${run}`;
          let limit = 3;
          const oracle = new SeatOracle();
          for (const one of steps) {
            if ("limit" in one) {
              limit = one.limit;
            } else if ("alias" in one) {
              if (await current.store.streaks.linkUser(projectId, one.alias, one.of)) {
                oracle.link(one.alias, one.of);
              }
            } else {
              const expected = oracle.record(one.user, one.day, limit);
              const event = gated(limit, { projectId, userHash: one.user, day: one.day });
              expect(await recordGated(current.store, [event])).toEqual([expected]);
            }
          }
          for (const month of [MONTH, isoMonth(DAY - 31)]) {
            expect(await activeStreakers(projectId, month)).toBe(oracle.activeIn(month).size);
          }
        }),
        { numRuns: 10 },
      );
    },
    MANY_CALLS_MS,
  );
}

/** What should become of events, recounted from all that was recorded at every step. */
class SeatOracle {
  readonly #targets = new Map<string, string>();
  readonly #recorded: { readonly user: string; readonly day: number }[] = [];

  link(alias: string, of: string): void {
    const user = this.#follow(of);
    if (user === this.#follow(alias) && !this.#targets.has(alias)) {
      return;
    }
    // What a name has done before it is linked stays with the user that it has been until then.
    if (this.#targets.has(alias)) {
      const former = this.#follow(alias);
      for (const [index, { user: name, day }] of this.#recorded.entries()) {
        if (this.#passes(name, alias)) {
          this.#recorded[index] = { user: former, day };
        }
      }
    }
    this.#targets.set(alias, user);
  }

  record(name: string, day: number, limit: number): Outcome {
    const user = this.#follow(name);
    const isDone = this.#recorded.some((one) => this.#follow(one.user) === user && one.day === day);
    const active = this.activeIn(isoMonth(day));
    if (isDone) {
      return "repeat";
    }
    if (!active.has(user) && active.size >= limit) {
      return "full";
    }
    this.#recorded.push({ user, day });
    return "stored";
  }

  activeIn(month: string): Set<string> {
    const inMonth = this.#recorded.filter(({ day }) => isoMonth(day) === month);
    return new Set(inMonth.map(({ user }) => this.#follow(user)));
  }

  #follow(name: string): string {
    const target = this.#targets.get(name);
    return target === undefined ? name : this.#follow(target);
  }

  #passes(name: string, through: string): boolean {
    return name === through || (this.#targets.has(name) && this.#passes(this.#targets.get(name) as string, through));
  }
}
