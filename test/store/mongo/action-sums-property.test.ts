import fc from "fast-check";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { sendApart } from "#src/store/mongo/bulk.ts";
import { createMongoStores } from "#src/store/mongo/stores.ts";
import type { Stores } from "#src/store/stores.ts";
import { StoreUnavailableError } from "#src/store/unavailable.ts";
import { silentLog } from "../../support/log.ts";
import { useOwnMongo } from "../../support/mongo.ts";
import { DAY, DAY_MS, MANY_CALLS_MS, NOW, recordResolved } from "../conformance/fixture.ts";
import { atHour, correct, TOKYO, UTC } from "../conformance/zones/support.ts";
import { connect } from "./support.ts";
import { type Choice, type Fate, Turns } from "./turns.ts";

const mongo = useOwnMongo();

afterEach(() => {
  vi.useRealTimers();
});

/** The days are those around the turns of two months, and two in between. On this day, the last of them is recent. */
const TODAY = DAY + 24;

/** What happens to a user and an alias. */
type Step =
  | { readonly does: "act"; readonly user: string; readonly batch: readonly Act[] }
  | { readonly does: "read" | "explain"; readonly user: string }
  | { readonly does: "correct"; readonly isBack: boolean }
  | { readonly does: "link" };

interface Act {
  readonly day: number;
  readonly hour: number;
  readonly action?: string;
  readonly keepRepeat?: true;
}

const aUser = fc.constantFrom("ann", "cookie");

const anAct: fc.Arbitrary<Act> = fc.record(
  {
    day: fc.constantFrom(DAY - 15, DAY - 14, DAY, DAY + 1, DAY + 17),
    hour: fc.constantFrom(8, 22),
    action: fc.constantFrom("a", "b", "c"),
    keepRepeat: fc.constant(true as const),
  },
  { requiredKeys: ["day", "hour"] },
);

const aStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant("act" as const),
      user: aUser,
      batch: fc.array(anAct, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant("read" as const), user: aUser }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("explain" as const), user: aUser }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("correct" as const), isBack: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ does: "link" as const }) },
);

/** What happens at once, again and again. */
const aHistory = fc.array(fc.array(aStep, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 3 });

/** What has happened before: both have sums. */
const BEFORE: readonly (readonly Step[])[] = [
  ["ann", "cookie"].map((user) => ({
    ...{ does: "act", user },
    batch: [DAY - 15, DAY, DAY + 1].flatMap((day) => ["a", user].map((action) => ({ day, hour: 22, action }))),
  })),
  ["ann", "cookie"].map((user) => ({ does: "read", user })),
];

/** Of so many commands, one is lost, as a rule; none when undefined. */
const choicesOf = (oneOf: number | undefined): fc.Arbitrary<fc.Stream<Choice>> =>
  fc.infiniteStream(
    fc.record({
      which: fc.nat(1000),
      fate: fc.oneof(
        { weight: (oneOf ?? 2) - 1, arbitrary: fc.constant<Fate>("done") },
        { weight: oneOf === undefined ? 0 : 1, arbitrary: fc.constantFrom<Fate>("lost before", "lost after") },
      ),
    }),
  );

let projects = 0;

/** Two instances whose commands are done in turns. */
function openBoth() {
  vi.useFakeTimers({ toFake: ["Date"], now: TODAY * DAY_MS });
  const uri = mongo.server.uri();
  const turns = new Turns();
  const stores = [0, 1].map(() => {
    const connection = connect(uri);
    turns.hold(connection);
    const store = createMongoStores(connection, sendApart(connection, true), silentLog);
    onTestFinished(() => store.close());
    return store;
  });
  return { turns, stores, uri };
}

async function doStep(store: Stores, projectId: string, step: Step): Promise<unknown> {
  const ann = { projectId, userHash: "ann" };
  switch (step.does) {
    case "act":
      return await recordResolved(
        store,
        step.batch.map(({ day, hour, ...fields }) => atHour(hour, day, { projectId, userHash: step.user, ...fields })),
        NOW,
      );
    case "read":
      return await store.streaks.readStreak({ projectId, userHash: step.user }, "like", "total");
    case "explain":
      return await store.streaks.readStreak({ projectId, userHash: step.user }, "like", "of_days");
    case "correct":
      return await correct(store, step.isBack ? { wrong: TOKYO, right: UTC } : {}, ann);
    case "link":
      return await store.streaks.linkUser(projectId, "cookie", "ann");
  }
}

/** Does steps; those of a group at once, by two instances. Returns what was cut off, group by group. */
async function perform(
  { turns, stores }: ReturnType<typeof openBoth>,
  projectId: string,
  history: readonly (readonly Step[])[],
  choices: Iterator<Choice> = [].values(),
): Promise<Step[]> {
  const cut: Step[] = [];
  for (const steps of history) {
    const calls = steps.map((step, index) => async () => {
      await doStep(stores[index % stores.length] as Stores, projectId, step).catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        cut.push(step);
      });
    });
    await turns.order(calls, choices);
  }
  return cut;
}

const read = async (store: Stores, projectId: string, userHash: string, asked: "total" | "of_days") =>
  (await store.streaks.readStreak({ projectId, userHash }, "like", asked)).actions?.beyondFirst;

/** Expects that both names have totals that are the sums of their days, also when the totals were kept. */
async function expectSums(stores: readonly Stores[], projectId: string): Promise<void> {
  for (const [index, user] of ["ann", "cookie", "ann", "cookie"].entries()) {
    const store = stores[index % stores.length] as Stores;
    const total = await read(store, projectId, user, "total");
    expect(total, user).toBe(await read(store, projectId, user, "of_days"));
  }
}

it(
  "a total is the sum of the days, whatever two instances do at once, in whatever order their commands come",
  async () => {
    const both = openBoth();
    const property = fc.asyncProperty(aHistory, choicesOf(undefined), async (history, choices) => {
      projects += 1;
      const projectId = `run${projects}`;
      await perform(both, projectId, BEFORE);
      for (const steps of history) {
        expect(await perform(both, projectId, [steps], choices)).toEqual([]);
        await expectSums(both.stores, projectId);
      }
    });
    await fc.assert(property, { numRuns: 30 });
  },
  MANY_CALLS_MS,
);

it.each([
  { when: "is done again", isAgain: true },
  { when: "is never done again, once somebody has read the days", isAgain: false },
])(
  "the same holds when commands are lost, and what was cut off $when",
  async ({ isAgain }) => {
    const both = openBoth();
    const property = fc.asyncProperty(aHistory, choicesOf(12), async (history, choices) => {
      projects += 1;
      const projectId = `run${projects}`;
      await perform(both, projectId, BEFORE);
      const cut = await perform(both, projectId, history, choices);
      const names = ["ann", "cookie"];
      await perform(both, projectId, [names.map((user) => ({ does: "read", user }))]);
      const last: Step[] = isAgain ? cut : names.map((user) => ({ does: "explain", user }));
      expect(
        await perform(
          both,
          projectId,
          last.map((step) => [step]),
        ),
      ).toEqual([]);
      await expectSums(both.stores, projectId);
    });
    await fc.assert(property, { numRuns: 20 });
  },
  MANY_CALLS_MS,
);
