import fc from "fast-check";
import { expect, it } from "vitest";
import type { ActionCounts } from "#src/domain/check-ins.ts";
import type { StoredEvent } from "#src/store/events.ts";
import { historiesOf } from "../analytics/support.ts";
import { checkIn, DAY, MANY_CALLS_MS, type OpenStore, recordResolved, recordUnverified, useStore } from "../fixture.ts";
import { usersOf } from "../users/support.ts";

/** Who each name is once everything is linked. */
const LINKS = { cookie: "phone", phone: "ann", tablet: "ann" } as const;
const NAMES = ["cookie", "phone", "tablet", "ann", "bob"];
const EVENTS = ["like", "visit"];

type Step = { readonly batch: readonly StoredEvent[] } | { readonly link: keyof typeof LINKS };

/** Actions with and without a key, which fixes the action, and events that are none. */
const anEvent = fc
  .record(
    {
      userHash: fc.constantFrom(...NAMES),
      event: fc.constantFrom(...EVENTS),
      day: fc.integer({ min: DAY + 15, max: DAY + 17 }),
      action: fc.constantFrom("a", "b", "c", "key a", "key b"),
      tz: fc.constantFrom("Asia/Tokyo", "Europe/Paris"),
      keepRepeat: fc.constant(true as const),
    },
    { requiredKeys: ["userHash", "event", "day"] },
  )
  .map((fields) => {
    const { event, day, action } = fields;
    return checkIn({ ...fields, ...(action?.startsWith("key") && { idempotencyKey: `${event} ${day} ${action}` }) });
  });

const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ batch: fc.array(anEvent, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ link: fc.constantFrom("cookie", "phone", "tablet") }) },
);

/** The counts of actions against what a naive reading of the same steps says. */
export function describeActionsProperty(open: OpenStore): void {
  const current = useStore(open);
  let projects = 0;

  type Perform = (step: Step) => Promise<unknown>;

  async function check(steps: readonly Step[], isVerified: boolean, apply: (perform: Perform) => Promise<unknown>) {
    projects += 1;
    const projectId = `run${projects}`;
    const { store } = current;
    const record = isVerified ? recordResolved : recordUnverified;
    await apply((step) =>
      "link" in step
        ? store.streaks.linkUser(projectId, step.link, LINKS[step.link])
        : record(
            store,
            step.batch.map((event) => ({ ...event, projectId })),
          ),
    );
    const listed = await usersOf(store, { projectId, actionEvents: EVENTS });
    const histories = await historiesOf(store, projectId, { actionEvents: EVENTS });
    for (const name of NAMES) {
      const user = userOf(steps, name);
      for (const event of EVENTS) {
        const ofDays = naiveCounts(steps, user, event);
        const inAll = ofDays && { beyondFirst: ofDays.beyondFirst };
        const what = `${name} ${event}`;
        const key = { projectId, userHash: name };
        expect((await store.streaks.readStreak(key, event, "of_days")).actions, what).toEqual(ofDays);
        expect((await store.streaks.readStreak(key, event, "total")).actions, what).toEqual(inAll);
        const inList = listed.find(({ userHash }) => userHash === user)?.days.get(event);
        expect(inList?.actions, `${what} in the list`).toEqual(inAll);
        const inHistories = histories.find(({ userHash }) => userHash === user)?.days.get(event);
        expect(inHistories?.actions, `${what} in histories`).toEqual(ofDays);
      }
    }
  }

  const inOrder = (steps: readonly Step[]) => async (perform: Perform) => {
    for (const step of steps) {
      await perform(step);
    }
  };

  it(
    "each action counts once, in whatever order events and links come",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 10 }), fc.boolean(), async (steps, isVerified) => {
        await check(steps, isVerified, inOrder(steps));
        await check(steps, isVerified, inOrder(steps.toReversed()));
      });
      await fc.assert(property, { numRuns: 20 });
    },
    MANY_CALLS_MS,
  );

  it(
    "the same holds when all come at once, and when all come twice",
    async () => {
      const property = fc.asyncProperty(fc.array(aStep, { maxLength: 10 }), fc.boolean(), async (steps, isVerified) => {
        await check(steps, isVerified, (perform) => Promise.all(steps.map(perform)));
        await check(steps, isVerified, inOrder([...steps, ...steps.toReversed()]));
      });
      await fc.assert(property, { numRuns: 20 });
    },
    MANY_CALLS_MS,
  );
}

function userOf(steps: readonly Step[], name: string): string {
  const link = steps.find((step) => "link" in step && step.link === name);
  return link === undefined ? name : userOf(steps, LINKS[name as keyof typeof LINKS]);
}

/** Counts the different actions of each day that any name of a user has sent. */
function naiveCounts(steps: readonly Step[], user: string, event: string): ActionCounts | undefined {
  const actions = new Map<number, Set<string>>();
  for (const sent of steps.flatMap((step) => ("batch" in step ? step.batch : []))) {
    const { day, action } = sent;
    if (action !== undefined && sent.event === event && userOf(steps, sent.userHash) === user) {
      actions.set(day, (actions.get(day) ?? new Set()).add(action));
    }
  }
  const counts = [...actions].map(([day, { size }]) => [day, size] as const).filter(([, size]) => size > 1);
  const beyondFirst = counts.reduce((sum, [, size]) => sum + size - 1, 0);
  return counts.length > 0 ? { beyondFirst, ofDays: new Map(counts) } : undefined;
}
