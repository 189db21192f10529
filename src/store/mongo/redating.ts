import type { Collection, Document } from "mongodb";
import type { Day } from "../../domain/day.ts";
import { isSameZone } from "../../domain/zone.ts";
import type { UserKey } from "../streaks.ts";
import { correctedZone, type RedatedEvent, type Redating, type ZoneStore } from "../zones.ts";
import type { Aliases } from "./aliases.ts";
import type { Apply } from "./apply.ts";
import { sendUpdates } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { findDated, inRange, markVacated, pagesOf, rangeOfDays, widest } from "./dated-events.ts";
import { type DayRange, type EventDocument, type StreakDocument, unlessAlias, zoneField } from "./documents.ts";
import type { EventDays } from "./event-days.ts";
import { createFinish } from "./finishing.ts";
import type { Notes } from "./notes.ts";
import { createCorrectKeys } from "./redated-keys.ts";
import { planRedating, type RedatingPlan } from "./redating-plan.ts";
import { retry } from "./retry.ts";
import { ALL_SUMS } from "./stale-sums.ts";
import { ALL_DAYS, homeIn, ZONES } from "./streak-documents.ts";

/** What is read of a user. */
type User = Pick<StreakDocument, "days" | "others" | "zone" | "home" | "redated" | "unfinished">;

/**
 * Creates the function that redates events, without a transaction. Each step can be done again, and the same call
 * again completes what was cut short. Where nothing is left to do, nothing is written.
 *
 * 1. First events are written at their new places, where nothing reads them yet. The idempotency keys of the events get
 *    their new days: see `redated-keys.ts`. If a key is used before the second step, its new day is done already, and
 *    the same call again joins the events.
 * 2. One update of the user's document changes the days, the zone and `redated`, and says in `unfinished` on which days
 *    there is more to do. It fails if the days, the zone or `redated` have changed since they were read, or if the user
 *    has become an alias. Then everything is read again. So if two corrections redate the same first events, the second
 *    one finds that they have gone.
 * 3. First events are marked as vacated where they were. Repeats and actions are redated, each by itself. Then the
 *    correction is finished: a repeat or an action does its day if the day has no first event.
 *
 * First events are not deleted where they were: a batch may have found one in the place of its own event, and be about
 * to do its day. Every done day has an event, so the found event stays as the event of that day. Recording for a
 * redated user takes vacated places: see `misplaced.ts`. So no event is marked before its day has gone. A batch that
 * does not know of the correction yet leaves the day with the vacated event, whose time and metadata are of an event
 * with another day now.
 */
export function createRedate(
  connection: Connection,
  aliases: Aliases,
  apply: Apply,
  notes: Notes,
): ZoneStore["redate"] {
  const { streaks } = connection;
  const events = connection.events as unknown as Collection;
  const correctKeys = createCorrectKeys(connection);
  const finish = createFinish(connection, apply);

  async function readEvents(user: UserKey, range: DayRange | undefined): Promise<Map<string, EventDocument>> {
    const found = range === undefined ? [] : await findDated(connection, user, inRange(range)).toArray();
    return new Map(found.map((event) => [event._id, event]));
  }

  /** Returns false when the user has become an alias, and otherwise true; undefined when it must be done again. */
  async function attempt(user: UserKey, redating: Redating): Promise<boolean | undefined> {
    const [resolved] = await aliases.resolve([user], { ...ALL_DAYS, ...ZONES, unfinished: 1 });
    if (resolved?.userHash !== user.userHash) {
      return false;
    }
    const document: User = resolved.document ?? {};
    const home = homeIn(document);
    if (home === undefined) {
      return true;
    }
    const stored = await readEvents(user, rangeOfDays(daysIn(redating.events)));
    const plan = planRedating({ ...user, home, done: document, stored }, redating);
    const range = widest(document.unfinished, rangeOfDays(daysIn(plan.redatedEvents)));
    const change = changeOf(document, home, plan, range, redating);
    if (change === undefined && range === undefined) {
      return true;
    }
    const cover = await notes.write([user]);
    const isDone = await make({ ...user, home }, document, redating, { plan, range, change });
    cover.end();
    return isDone ? true : undefined;
  }

  /** Does what a plan says. Returns false when it does not hold any more. */
  async function make(
    user: UserKey & { readonly home: string },
    document: User,
    redating: Redating,
    { plan: { redatedEvents, left, puts, days, redatedFurther }, range, change }: Changes,
  ): Promise<boolean> {
    for (const page of pagesOf(puts)) {
      if ((await sendUpdates(events, page)).refused.length > 0) {
        return false;
      }
    }
    await correctKeys(user, redating, redatedEvents);
    if (change !== undefined) {
      const filter = { ...unlessAlias(user.projectId, user.userHash), ...unchanged(document, days) };
      const { matchedCount } = await streaks.updateOne(filter, change);
      if (matchedCount === 0) {
        return false;
      }
    }
    if (range !== undefined) {
      await markVacated(connection, left);
      // Keys may have been claimed since, for days that were still done.
      await correctKeys(user, redating, redatedEvents);
      for (const page of pagesOf(redatedFurther.map(({ update }) => update))) {
        await sendUpdates(events, page);
      }
      await finish(user, {
        ...{ range, home: user.home, isCutShort: document.unfinished !== undefined },
        left: left.map(({ _id }) => _id),
        redatedTo: new Map(redatedFurther.map(({ _id, label }) => [_id, label])),
      });
      // If `redated` has another value, another correction has come meanwhile: its range has these days, and it ends
      // them.
      const redated = (document.redated ?? 0) + (change === undefined ? 0 : 1);
      await streaks.updateOne(
        { ...unlessAlias(user.projectId, user.userHash), redated },
        { $unset: { unfinished: "" } },
      );
    }
    return true;
  }

  return (user, redating) => connection.run(() => retry(() => attempt(user, redating)));
}

/** What a correction changes. */
interface Changes {
  readonly plan: RedatingPlan;
  /** The days of which events are left and to which they come, by this correction or one that was cut short. */
  readonly range: DayRange | undefined;
  /** The update of the user's document; undefined where it stays as it is. */
  readonly change: Document | undefined;
}

/** Returns the days that events have, and those that they get. */
function daysIn(redated: readonly RedatedEvent[]): Day[] {
  return redated.flatMap(({ event, day }) => [event.day, day]);
}

/** Returns the filter by which a user's document is as it was read, as far as a correction depends on it. */
function unchanged({ zone, home, redated }: User, days: readonly EventDays[]): Document {
  const isStill = (value: unknown) => value ?? { $exists: false };
  return {
    ...{ "zone.tz": isStill(zone?.tz), "zone.at": isStill(zone?.at), home: isStill(home), redated: isStill(redated) },
    ...Object.assign({}, ...days.map((ofEvent) => ofEvent.unchanged)),
  };
}

/** Returns the update of a user's document; undefined where nothing changes. */
function changeOf(
  { zone, redated = 0 }: User,
  home: string,
  { redatedEvents, days }: RedatingPlan,
  range: DayRange | undefined,
  { wrongZone, rightZone, isZoneCorrected }: Redating,
): Document | undefined {
  const isWrong = isZoneCorrected && zone !== undefined && isSameZone(zone.tz, wrongZone);
  if (redatedEvents.length === 0 && !isWrong && redated > 0) {
    return undefined;
  }
  const fields = Object.entries<object | undefined>(Object.assign({}, ...days.map((ofEvent) => ofEvent.fields)));
  const set = fields.filter(([, value]) => value !== undefined);
  const unset = fields.filter(([, value]) => value === undefined);
  return {
    $set: {
      ...{ home, redated: redated + 1, ...(range && { unfinished: range }) },
      ...(isWrong && { zone: zoneField(correctedZone({ name: zone.tz, at: zone.at.getTime() }, rightZone)) }),
      ...Object.fromEntries(set),
    },
    $unset: { ...ALL_SUMS, ...Object.fromEntries(unset.map(([path]) => [path, ""])) },
  };
}
