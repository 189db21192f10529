import fc from "fast-check";
import { expect, it } from "vitest";
import { type Day, dayOf } from "#src/domain/day.ts";
import { type DayStarts, dateEvent } from "#src/domain/day-start.ts";
import { datesIn } from "#src/domain/zone-dates.ts";
import { homeOf } from "#src/store/day-kinds.ts";
import type { StoredEvent } from "#src/store/events.ts";
import type { UserKey } from "#src/store/streaks.ts";
import { type CheckIn, MAX_CHECK_INS } from "#src/store/users.ts";
import { checkIn, DAY_MS, daysBetween, MANY_CALLS_MS, NOW, type OpenStore, useStore } from "../fixture.ts";
import { correct } from "./support.ts";

/** Each has something odd about it in the days that are generated. */
const ZONES = [
  "UTC",
  "Asia/Tokyo",
  "America/New_York",
  "Pacific/Apia", // had no 2011-12-30
  "America/St_Johns", // 2010-11-07 began twice
  "Australia/Lord_Howe", // puts its clocks forward and back by half an hour
  "America/Havana", // had no midnight on 2012-04-01
];
const [FIRST, LAST] = [Date.UTC(2010, 10, 1) / DAY_MS, Date.UTC(2012, 3, 5) / DAY_MS];

const START: DayStarts = [{ dayStart: 240, grace: 90 }];
const CHANGED: DayStarts = [{ dayStart: 60 }, { from: FIRST + 60, grace: 120 }, { from: FIRST + 90, dayStart: 360 }];

/** A time, or a date alone. */
type When = { readonly instant: number } | { readonly date: number };

const aWhen: fc.Arbitrary<When> = fc.oneof(
  // Never the first moment of a date: that is a whole second.
  {
    weight: 5,
    arbitrary: fc.integer({ min: FIRST * 24, max: LAST * 24 }).map((hour) => ({ instant: hour * 3_600_000 + 1 })),
  },
  { weight: 1, arbitrary: fc.integer({ min: FIRST, max: LAST }).map((date) => ({ date })) },
);

const anEvent = fc.record({ when: aWhen, event: fc.constantFrom("like", "visit") });

/** Corrections, compared with what the right zone would have made of the same events. */
export function describeRedatingProperty(open: OpenStore): void {
  const current = useStore(open);
  let users = 0;

  /** Records the events of a new user, as a zone dates them. Returns the user, and those that have done a day. */
  async function record(
    events: readonly { when: When; event: string }[],
    zone: string,
    dayStarts: DayStarts | undefined,
  ) {
    users += 1;
    const user: UserKey = { projectId: "p1", userHash: `user ${users}` };
    const stored: StoredEvent[] = events.map(({ when, event }) =>
      checkIn({ ...user, event, tz: zone, ...dateIn(when, zone, dayStarts) }),
    );
    const outcomes = await current.store.events.record(stored, NOW);
    return { user, kept: events.filter((_, index) => outcomes[index] === "stored") };
  }

  async function checkInsOf(user: UserKey, event: string): Promise<CheckIn[]> {
    const days = daysBetween(FIRST - 3, LAST + 3);
    const read = (some: readonly Day[]) => current.store.users.readCheckIns(user, event, some);
    return [...(await read(days.slice(0, MAX_CHECK_INS))), ...(await read(days.slice(MAX_CHECK_INS)))];
  }

  /** Returns the days of a user with the events that have done them, by their names. */
  async function stateOf(user: UserKey) {
    const states = ["like", "visit"].map(async (event) => {
      const checkIns = await checkInsOf(user, event);
      const { days, others = [], ...zones } = await current.store.streaks.readStreak(user, event);
      const zone = homeOf(zones);
      const sets = [{ late: false, zone, days }, ...others.map((other) => ({ zone, ...other }))];
      return {
        days: sets
          .filter((set) => Object.keys(set.days).length > 0)
          .toSorted((a, b) => Number(a.late) - Number(b.late)),
        checkIns: checkIns.map(({ dayZone: _, receivedAt: __, ...checkIn }) => checkIn),
      };
    });
    return Promise.all(states);
  }

  it(
    "the days and events that the right zone would have made of the kept events, which stay when it is done again",
    async () => {
      const property = fc.asyncProperty(
        fc.array(anEvent, { minLength: 1, maxLength: 12 }),
        fc.shuffledSubarray(ZONES, { minLength: 2, maxLength: 2 }),
        fc.constantFrom(undefined, START, CHANGED),
        async (generated, [wrong = "", right = ""], dayStarts) => {
          const events = generated.filter(({ when }) => [wrong, right].every((zone) => isInZone(when, zone)));
          fc.pre(events.length > 0);
          const { user, kept } = await record(events, wrong, dayStarts);
          const before = await stateOf(user);
          const inOrder = kept.toSorted(
            (a, b) => dateIn(a.when, wrong, dayStarts).at - dateIn(b.when, wrong, dayStarts).at,
          );
          const { user: model, kept: left } = await record(inOrder, right, dayStarts);
          const correction = { wrong, right, ...(dayStarts && { dayStarts }) };

          await correct(current.store, correction, user);
          const after = await stateOf(user);
          expect(after).toEqual(await stateOf(model));
          await correct(current.store, correction, user);
          expect(await stateOf(user)).toEqual(after);

          await correct(current.store, { ...correction, wrong: right, right: wrong }, user);
          if (left.length === kept.length) {
            expect(await stateOf(user)).toEqual(before);
          }
        },
      );
      await fc.assert(property, { numRuns: 80 });
    },
    MANY_CALLS_MS,
  );
}

/** Whether a zone has a date. */
function isInZone(when: When, zone: string): boolean {
  return "instant" in when || dayOf(datesIn(zone).startOf(when.date), zone) === when.date;
}

/** Returns the time and the day of an event, as the service finds them. */
function dateIn(when: When, zone: string, dayStarts: DayStarts | undefined): Pick<StoredEvent, "at" | "day" | "late"> {
  return "date" in when
    ? { at: datesIn(zone).startOf(when.date), day: when.date }
    : { at: when.instant, ...dateEvent(when.instant, zone, dayStarts) };
}
