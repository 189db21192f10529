import fc from "fast-check";
import { expect, it } from "vitest";
import { ownDays } from "#src/domain/check-ins.ts";
import type { LedgerEntry } from "#src/domain/ledger.ts";
import type { StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import type { UserZone } from "#src/store/streaks.ts";
import {
  checkIn,
  DAY,
  MANY_CALLS_MS,
  months,
  NOW,
  type OpenStore,
  recordResolved,
  recordUnverified,
  useStore,
} from "../fixture.ts";
import { entry } from "../ledger/support.ts";

/** Who each name is once everything is linked: a visitor, two steps from its user, and another, one step away. */
const LINKS = { cookie: "phone", phone: "ann", tablet: "ann" } as const;
const NAMES = ["cookie", "phone", "tablet", "ann", "bob"];
const EVENTS = ["like", "visit"];

type Step =
  | { readonly batch: StoredEvent[] }
  | { readonly link: keyof typeof LINKS }
  | { readonly userHash: string; readonly entry: LedgerEntry };

const anEvent = fc
  .record(
    {
      userHash: fc.constantFrom(...NAMES),
      event: fc.constantFrom(...EVENTS),
      type: fc.constantFrom("streak_interaction" as const, "streak_interaction" as const, "widget_impression" as const),
      // Around the end of a month, and few enough that repeats are common.
      day: fc.integer({ min: DAY + 12, max: DAY + 22 }),
      at: fc.integer({ min: NOW, max: NOW + 5 }),
      tz: fc.constantFrom("Africa/Cairo", "Asia/Tokyo", "Europe/Paris"),
    },
    { requiredKeys: ["userHash", "event", "type", "day", "at"] },
  )
  .map(checkIn);

/** Entries with one id are alike, so that it does not matter which of them came first. */
const anEntry = fc.nat(3).map((number) => entry({ id: `e${number}`, at: NOW - number }));

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ batch: fc.array(anEvent, { maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ link: fc.constantFrom("cookie", "phone", "tablet") }) },
  { weight: 1, arbitrary: fc.record({ userHash: fc.constantFrom(...NAMES), entry: anEntry }) },
);

export function describeUnion(open: OpenStore): void {
  const current = useStore(open);
  let projects = 0;

  /** Gives the steps a project of their own, so that one store does for all the runs. */
  async function inNewProject(
    steps: readonly Step[],
    apply: (perform: Perform) => Promise<unknown>,
    record = recordResolved,
  ): Promise<void> {
    projects += 1;
    const projectId = `run${projects}`;
    await apply((step) => performIn(current.store, projectId, step, record));
    for (const userHash of NAMES) {
      for (const event of EVENTS) {
        const { days, others, home, ...rest } = await current.store.streaks.readStreak({ projectId, userHash }, event);
        // Which of their kinds the days are depends on whether an event named no zone before or after others did.
        const actual = { ...rest, days: ownDays({ days, ...(others && { others }) }) };
        expect(actual, `${userHash} ${event}`).toEqual(expected(steps, userHash, event));
      }
    }
  }

  it(
    "events, repeats, entries of ledgers and links, in any order and batches, end as their plain union",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 12 }), (steps) =>
        inNewProject(steps, async (perform) => {
          for (const step of steps) {
            await perform(step);
          }
        }),
      );
      await fc.assert(property, { numRuns: 100 });
    },
    MANY_CALLS_MS,
  );

  it(
    "the same holds when they all come at once",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 12 }), (steps) =>
        inNewProject(steps, (perform) => Promise.all(steps.map(perform))),
      );
      await fc.assert(property, { numRuns: 50 });
    },
    MANY_CALLS_MS,
  );

  it(
    "the same holds when users are unverified, all at once and one after the other",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 12 }), fc.boolean(), (steps, atOnce) =>
        inNewProject(
          steps,
          async (perform) => {
            const performed = [];
            for (const step of steps) {
              performed.push(perform(step));
              await (atOnce ? undefined : performed.at(-1));
            }
            await Promise.all(performed);
          },
          recordUnverified,
        ),
      );
      await fc.assert(property, { numRuns: 50 });
    },
    MANY_CALLS_MS,
  );

  it(
    "the same holds when everything comes twice, the second time backwards and one event at a time",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 6 }), (steps) =>
        inNewProject(steps, async (perform) => {
          for (const step of steps) {
            await perform(step);
          }
          for (const step of steps.toReversed()) {
            if ("batch" in step) {
              for (const event of step.batch.toReversed()) {
                await perform({ batch: [event] });
              }
            } else {
              await perform(step);
            }
          }
        }),
      );
      await fc.assert(property, { numRuns: 50 });
    },
    MANY_CALLS_MS,
  );
}

type Perform = (step: Step) => Promise<unknown>;

function performIn(store: Stores, projectId: string, step: Step, record: typeof recordResolved): Promise<unknown> {
  if ("link" in step) {
    return store.streaks.linkUser(projectId, step.link, LINKS[step.link]);
  }
  if ("entry" in step) {
    return store.ledger.addLedgerEntry({ projectId, userHash: step.userHash }, step.entry);
  }
  return record(
    store,
    step.batch.map((event) => ({ ...event, projectId })),
  );
}

/** What the steps come to, by sets and a maximum: no order, no merging, no batches. */
function expected(steps: readonly Step[], userHash: string, event: string) {
  const linked = new Map<string, string>(
    steps.flatMap((step) => ("link" in step ? [[step.link, LINKS[step.link]]] : [])),
  );
  const userOf = (name: string): string => {
    const target = linked.get(name);
    return target === undefined ? name : userOf(target);
  };
  const ofUser = steps
    .flatMap((step) => ("batch" in step ? step.batch : []))
    .filter((one) => one.type === "streak_interaction" && userOf(one.userHash) === userOf(userHash));
  const days = new Set(ofUser.filter((one) => one.event === event).map((one) => one.day));
  const zones = ofUser.flatMap(({ tz, at }): UserZone[] => (tz === undefined ? [] : [{ name: tz, at }]));
  const zone = zones.toSorted((a, b) => b.at - a.at || (a.name < b.name ? 1 : -1))[0];
  const entries = steps.flatMap((step) =>
    "entry" in step && userOf(step.userHash) === userOf(userHash) ? [step.entry] : [],
  );
  const ledger = [...new Map(entries.map((one) => [one.id, one])).values()].toSorted((a, b) => a.at - b.at);
  return { days: months(...days), ...(zone && { zone }), ...(ledger.length > 0 && { ledger }) };
}
