import fc from "fast-check";
import { expect, it } from "vitest";
import { isoMonth } from "#src/domain/day.ts";
import type { MonthUsage } from "#src/domain/usage.ts";
import type { StoredEvent } from "#src/store/events.ts";
import {
  checkIn,
  DAY,
  impression,
  MANY_CALLS_MS,
  NOW,
  type OpenStore,
  project,
  recordResolved,
  useStore,
} from "./fixture.ts";

const MONTHS = ["2023-12", "2024-01", "2024-02"];
const NOTHING = { activeStreakers: 0, daysDone: 0, impressions: 0, interactions: 0, rejected: 0 };

/** What every `UsageStore` does. */
export function describeUsageStore(open: OpenStore): void {
  const current = useStore(open);

  it("a project with nothing recorded has used nothing in each month", async () => {
    expect(await current.store.usage.countUsage("p1", MONTHS)).toEqual(MONTHS.map((month) => ({ month, ...NOTHING })));
    expect(await current.store.usage.countUsage("p1", [])).toEqual([]);
  });

  it("a month counts its users once, their days of all events, and its analytics events", async () => {
    await current.store.events.record(
      [
        checkIn(),
        checkIn({ day: DAY + 1 }),
        checkIn({ event: "visit" }),
        checkIn({ userHash: "bob", day: DAY + 31 }),
        impression(),
        impression({ userHash: "only-looks" }),
        impression({ type: "widget_interaction" }),
        checkIn({ projectId: "p2", userHash: "cat" }),
        checkIn({ projectId: "p10", userHash: "dan" }),
      ],
      NOW,
    );
    expect(await current.store.usage.countUsage("p1", MONTHS)).toEqual([
      { month: "2023-12", ...NOTHING },
      { month: "2024-01", ...NOTHING, activeStreakers: 1, daysDone: 3, impressions: 2, interactions: 1 },
      { month: "2024-02", ...NOTHING, activeStreakers: 1, daysDone: 1 },
    ]);
  });

  it("a day that was done in several ways is one day", async () => {
    const ways = [{ tz: "UTC" }, { tz: "Asia/Tokyo" }, { tz: "UTC", late: true as const }];
    await current.store.events.record(
      [...ways.map(checkIn), checkIn({ tz: "Asia/Tokyo", day: DAY + 1 }), checkIn({ userHash: "bob", late: true })],
      NOW,
    );
    expect(await current.store.usage.countUsage("p1", ["2024-01"])).toEqual([
      { month: "2024-01", ...NOTHING, activeStreakers: 2, daysDone: 3 },
    ]);
  });

  it("linked users are one, and a day that both have done is one day", async () => {
    await current.store.events.record(
      [checkIn(), checkIn({ userHash: "anon" }), impression({ userHash: "anon" })],
      NOW,
    );
    await current.store.streaks.linkUser("p1", "anon", "ann");
    expect(await current.store.usage.countUsage("p1", ["2024-01"])).toEqual([
      { month: "2024-01", ...NOTHING, activeStreakers: 1, daysDone: 1, impressions: 1 },
    ]);
  });

  it("rejected events add up by month, after a restart too, and go with their project", async () => {
    await current.store.projects.createProject(project());
    await current.store.usage.addRejected("p1", "2024-01", 3);
    await current.store.usage.addRejected("p1", "2024-01", 4);
    await current.store.usage.addRejected("p1", "2024-02", 1);
    await current.store.usage.addRejected("p2", "2024-01", 9);
    await current.reopen();
    const rejected = async () => (await current.store.usage.countUsage("p1", MONTHS)).map((month) => month.rejected);
    expect(await rejected()).toEqual([0, 7, 1]);
    await current.store.projects.deleteProject(project());
    expect(await rejected()).toEqual([0, 0, 0]);
  });

  it(
    "more users and events than a slice has are counted over many slices",
    async () => {
      const users = Array.from({ length: 1_100 }, (_, index) => `${index % 3 === 0 ? "🦊" : "\uffee"} ${index}`);
      const batch = users.flatMap((userHash) => [checkIn({ userHash }), impression({ userHash })]);
      for (let from = 0; from < batch.length; from += 1000) {
        await current.store.events.record(batch.slice(from, from + 1000), NOW);
      }
      expect(await current.store.usage.countUsage("p1", ["2024-01"])).toEqual([
        { month: "2024-01", ...NOTHING, activeStreakers: 1_100, daysDone: 1_100, impressions: 1_100 },
      ]);
    },
    MANY_CALLS_MS,
  );

  it(
    "whatever was recorded and linked, in whatever order, is what a recount of the events finds",
    async () => {
      const name = fc.constantFrom("ann", "bob", "cat", "anon 1", "anon 2", "anon 3");
      const event = fc.record({
        userHash: name,
        event: fc.constantFrom("like", "visit"),
        type: fc.constantFrom(
          "streak_interaction" as const,
          "widget_impression" as const,
          "widget_interaction" as const,
        ),
        day: fc.oneof(fc.integer({ min: DAY - 40, max: DAY + 40 }), fc.integer({ min: DAY, max: DAY + 2 })),
        ...{ tz: fc.constantFrom("UTC", "UTC", "Asia/Tokyo"), late: fc.constantFrom(false, true) },
      });
      const link = fc.record({
        alias: fc.constantFrom("anon 1", "anon 2", "anon 3"),
        of: fc.constantFrom("ann", "bob"),
      });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(event, event, event, link), { maxLength: 40 }), async (steps) => {
          run += 1;
          const projectId = `run ${run}`;
          const users = new Map<string, string>();
          const recorded: StoredEvent[] = [];
          for (const step of steps) {
            if ("alias" in step) {
              await current.store.streaks.linkUser(projectId, step.alias, step.of);
              const former = users.get(step.alias) ?? step.alias;
              recorded.forEach((one, index) => {
                // What it did as another user's alias stays that user's.
                recorded[index] =
                  one.userHash === step.alias && former === step.alias ? { ...one, userHash: step.of } : one;
              });
              users.set(step.alias, step.of);
            } else {
              const { late, ...fields } = step;
              const stored = checkIn({ projectId, ...fields, ...(late && { late }) });
              await recordResolved(current.store, [stored]);
              recorded.push({ ...stored, userHash: users.get(step.userHash) ?? step.userHash });
            }
          }
          expect(await current.store.usage.countUsage(projectId, MONTHS)).toEqual(
            MONTHS.map((month) => recount(month, recorded)),
          );
        }),
        { numRuns: 15 },
      );
    },
    MANY_CALLS_MS,
  );
}

/** Counts the events of a month, each under its user's name, as slowly and plainly as can be. */
function recount(month: string, events: readonly StoredEvent[]): MonthUsage {
  const inMonth = events.filter(({ day }) => isoMonth(day) === month);
  const checkIns = inMonth.filter(({ type }) => type === "streak_interaction");
  return {
    month,
    activeStreakers: new Set(checkIns.map(({ userHash }) => userHash)).size,
    daysDone: new Set(checkIns.map(({ userHash, event, day }) => JSON.stringify([userHash, event, day]))).size,
    impressions: inMonth.filter(({ type }) => type === "widget_impression").length,
    interactions: inMonth.filter(({ type }) => type === "widget_interaction").length,
    rejected: 0,
  };
}
