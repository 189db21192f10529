import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredEvent } from "#src/store/events.ts";
import type { Stores } from "#src/store/stores.ts";
import type { StreakRecord } from "#src/store/streaks.ts";
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

/** Who each name is once everything is linked. */
const LINKS = { cookie: "phone", phone: "ann", tablet: "ann" } as const;
const NAMES = ["cookie", "phone", "tablet", "ann", "bob"];
const ZONES = ["Asia/Tokyo", "Europe/Paris", "Pacific/Apia"];
const EVENTS = ["like", "visit"];

type Step = { readonly event: StoredEvent } | { readonly link: keyof typeof LINKS };

/** Each names the zone that has dated it. So what they come to does not depend on their order at all. */
const anEvent = fc
  .record(
    {
      userHash: fc.constantFrom(...NAMES),
      event: fc.constantFrom(...EVENTS),
      day: fc.integer({ min: DAY + 14, max: DAY + 18 }),
      at: fc.integer({ min: NOW, max: NOW + 5 }),
      tz: fc.constantFrom(...ZONES),
      late: fc.constant(true as const),
    },
    { requiredKeys: ["userHash", "event", "day", "at", "tz"] },
  )
  .map(checkIn);

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ event: anEvent }) },
  { weight: 1, arbitrary: fc.record({ link: fc.constantFrom("cookie", "phone", "tablet") }) },
);

/** Days, zones and links in any order. */
export function describeKindsProperty(open: OpenStore): void {
  const current = useStore(open);
  let projects = 0;

  const perform = (store: Stores, projectId: string, step: Step, record: typeof recordResolved): Promise<unknown> =>
    "link" in step
      ? store.streaks.linkUser(projectId, step.link, LINKS[step.link])
      : record(store, [{ ...step.event, projectId }]);

  async function check(
    steps: readonly Step[],
    apply: (perform: (step: Step) => Promise<unknown>) => Promise<unknown>,
    record = recordResolved,
  ) {
    projects += 1;
    const projectId = `run${projects}`;
    await apply((step) => perform(current.store, projectId, step, record));
    for (const userHash of NAMES) {
      const ofUser = eventsOf(steps, userHash);
      for (const event of EVENTS) {
        const streak = await current.store.streaks.readStreak({ projectId, userHash }, event);
        const ofEvent = ofUser.filter((one) => one.event === event);
        expect(datedDays(streak), `${userHash} ${event}`).toEqual(datedDays(...ofEvent));
        const zones = new Set(ofUser.map(({ tz }) => tz));
        expect(streak.home !== undefined, `${userHash} has a home zone`).toBe(zones.size > 1);
        expect(streak.home === undefined || zones.has(streak.home)).toBe(true);
        expect(streak.others?.some(({ zone }) => zone === (streak.home ?? streak.zone?.name)) ?? false).toBe(false);
      }
      const [user] = await current.store.events.resolveUsers([{ projectId, userHash, verify: true }]);
      const { zone, home } = await current.store.streaks.readStreak({ projectId, userHash }, "like");
      expect(user).toEqual({ userHash: userOf(steps, userHash), ...(zone && { zone }), ...(home && { home }) });
    }
  }

  const inOrder = (steps: readonly Step[]) => async (each: (step: Step) => Promise<unknown>) => {
    for (const step of steps) {
      await each(step);
    }
  };

  it(
    "each day keeps the zone that has dated it and whether it was late, in whatever order events and links come",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 14 }), fc.boolean(), async (steps, isVerified) => {
        await check(steps, inOrder(steps), isVerified ? recordResolved : recordUnverified);
        await check(steps, inOrder(steps.toReversed()), isVerified ? recordResolved : recordUnverified);
      });
      await fc.assert(property, { numRuns: 60 });
    },
    MANY_CALLS_MS,
  );

  it(
    "the same holds when all come at once, and when all come twice",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 14 }), fc.boolean(), async (steps, isVerified) => {
        const record = isVerified ? recordResolved : recordUnverified;
        await check(steps, (each) => Promise.all(steps.map(each)), record);
        await check(steps, inOrder([...steps, ...steps.toReversed()]), record);
      });
      await fc.assert(property, { numRuns: 40 });
    },
    MANY_CALLS_MS,
  );
}

function userOf(steps: readonly Step[], name: string): string {
  const linked = new Map<string, string>(
    steps.flatMap((step) => ("link" in step ? [[step.link, LINKS[step.link]]] : [])),
  );
  const target = linked.get(name);
  return target === undefined ? name : userOf(steps, target);
}

function eventsOf(steps: readonly Step[], userHash: string): StoredEvent[] {
  const user = userOf(steps, userHash);
  return steps.flatMap((step) => ("event" in step && userOf(steps, step.event.userHash) === user ? [step.event] : []));
}

/** The days of a record or of events, by the zone that has dated them and whether they were late. */
function datedDays(...of: readonly (StreakRecord | StoredEvent)[]): Map<string, object> {
  const sets = of.flatMap((one) => {
    if ("userHash" in one) {
      return [{ late: one.late === true, zone: one.dayZone, days: months(one.day) }];
    }
    const home = one.home ?? one.zone?.name;
    const others = one.others ?? [];
    return [{ late: false, zone: home, days: one.days }, ...others.map((other) => ({ zone: home, ...other }))];
  });
  const dated = new Map<string, Record<string, number>>();
  for (const { late, zone, days } of sets) {
    const known = dated.get(`${late} ${zone}`) ?? {};
    for (const [month, bits] of Object.entries(days)) {
      known[month] = (known[month] ?? 0) | bits;
    }
    if (Object.keys(known).length > 0) {
      dated.set(`${late} ${zone}`, known);
    }
  }
  return new Map([...dated].toSorted());
}
