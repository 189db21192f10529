import type { Collection } from "mongodb";
import { monthOf } from "../../domain/months.ts";
import { canonicalZone } from "../../domain/zone.ts";
import { fieldsOfKind, type KindLabel, kindOf, labelOf, ORDINARY } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";
import type { Apply } from "./apply.ts";
import type { Effect } from "./attempt.ts";
import { sendUpdates } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import {
  doesDay,
  findDated,
  inRange,
  isDatedIn,
  isDayDone,
  isDoneInZone,
  keptAs,
  markVacated,
  pagesOf,
  zoneIn,
} from "./dated-events.ts";
import { eventId, labelIn } from "./document-ids.ts";
import { type DayRange, type EventDocument, fieldOf, unlessAlias } from "./documents.ts";
import { ALL_SUMS } from "./stale-sums.ts";
import { ALL_DAYS, type DoneDays } from "./streak-documents.ts";

/** What is left to do of a correction after the user's days have changed and the events were redated. */
export interface Unfinished {
  /** The days that events have left, and the days that they have come to. */
  readonly range: DayRange;
  /** The user's home zone. */
  readonly home: string;
  /** The ids of the first events that this correction has redated. */
  readonly left: readonly string[];
  /** The repeats and actions that this correction has redated: by their `_id`, the kind of day that each is to do. */
  readonly redatedTo: ReadonlyMap<string, KindLabel>;
  /** Set where an earlier correction may have been cut short. */
  readonly isCutShort: boolean;
}

/**
 * Finishes a correction. The document of a redated action gets the `_id` that goes with its day. A repeat or an action
 * does its day if no first event does. This concerns those that were redated, and those that are on the day that a
 * first event has left, also if they have come meanwhile. What an earlier correction has left unfinished is found by
 * the days that nothing does.
 */
export type Finish = (user: UserKey, unfinished: Unfinished) => Promise<void>;

/** Creates the function that finishes corrections. */
export function createFinish(connection: Connection, apply: Apply): Finish {
  const { streaks } = connection;
  const events = connection.events as unknown as Collection;

  async function remove(some: readonly EventDocument[]): Promise<void> {
    for (const page of pagesOf(some.map(({ _id }) => _id))) {
      await connection.events.deleteMany({ _id: { $in: page } });
    }
  }

  async function renameActions(user: UserKey, stored: readonly EventDocument[]): Promise<void> {
    const redated = stored.filter((event) => keptAs(event) === "action" && event._id !== eventId(event));
    const renamed = redated.map((event) => {
      const document = { ...event, _id: eventId(event) };
      return { filter: { _id: document._id }, update: { $setOnInsert: document }, upsert: true, document };
    });
    for (const page of pagesOf(renamed)) {
      // An action whose insert is refused is there already.
      await sendUpdates(events, page);
    }
    await remove(redated);
    if (redated.length > 0) {
      // A correction that has come meanwhile may have ended, and then sums can have been kept since.
      await streaks.updateOne(unlessAlias(user.projectId, user.userHash), { $unset: ALL_SUMS });
    }
  }

  /** Makes first events of repeats and actions, which do their days. Removes the repeats that are first events now. */
  async function doDays(
    user: UserKey,
    open: readonly OpenDay[],
    before: ReadonlyMap<string, EventDocument>,
  ): Promise<void> {
    const effects = open.map((one) => doDay(user, one));
    const applied = await apply(effects);
    const areFirst = open.filter(({ event: { analyticsId } }, index) => {
      const [first] = effects[index]?.events ?? [];
      // A correction that was cut short may have written it.
      const isCopied = before.get(first?._id ?? "")?.id === analyticsId;
      return analyticsId !== undefined && !applied[index]?.isAlias && (applied[index]?.inserted[0] || isCopied);
    });
    await remove(areFirst.map(({ event }) => event));
  }

  return async (user, unfinished) => {
    const stored = await findDated(connection, user, inRange(unfinished.range)).toArray();
    const done = await streaks.findOne(unlessAlias(user.projectId, user.userHash), { projection: ALL_DAYS });
    if (done === null) {
      return;
    }
    const left = firstsThatLeft(stored, done, unfinished);
    await markVacated(
      connection,
      left.filter(({ vacated }) => !vacated),
    );
    await renameActions(user, stored);
    await remove(copiesIn(stored, done));
    const before = new Map(stored.map((event) => [event._id, event]));
    for (const page of pagesOf(openDays(stored, left, done, unfinished))) {
      await doDays(user, page, before);
    }
  };
}

/** Returns the first events that do no day any more: of those that were redated now or, after a crash, of all. */
function firstsThatLeft(stored: readonly EventDocument[], done: DoneDays, { left, isCutShort }: Unfinished) {
  const ids = new Set(left);
  return stored.filter(
    (event) => keptAs(event) === "first" && (isCutShort || ids.has(event._id)) && !doesDay(event, done),
  );
}

/** A day that is to be done, and the repeat or action that does it. */
interface OpenDay {
  readonly event: EventDocument;
  readonly label: KindLabel;
}

/** Returns the days that repeats and actions are to do, each with the first of these. */
function openDays(
  stored: readonly EventDocument[],
  left: readonly EventDocument[],
  done: DoneDays,
  { home, redatedTo, isCutShort }: Unfinished,
): OpenDay[] {
  const placeOf = (event: EventDocument) =>
    JSON.stringify([event.event, event.day, canonicalZone(zoneIn(event) ?? home)]);
  const kinds = new Map(left.map((event) => [placeOf(event), labelIn(event)]));
  /** Returns the kind of day that a repeat or an action is to do; undefined if the correction does not concern it. */
  const labelFor = (event: EventDocument): KindLabel | undefined => {
    const label = redatedTo.get(event._id);
    // Otherwise another correction has redated it since.
    if (label !== undefined && isDatedIn(kindOf(label).zone ?? home, event, home)) {
      return isDayDone(done, event.event, label, event.day) ? undefined : label;
    }
    const zone = zoneIn(event);
    // A repeat that named no zone may have been dated in another zone than the home zone, and its day is done in that.
    const own = isCutShort && zone !== undefined ? labelOf({ ...event, dayZone: zone }, home) : undefined;
    return isDoneInZone(done, event, zone ?? home, home) ? undefined : (kinds.get(placeOf(event)) ?? own);
  };
  const open = new Map<string, OpenDay>();
  for (const event of furtherIn(stored)) {
    const label = labelFor(event);
    const key = JSON.stringify([event.event, event.day, label]);
    if (label !== undefined && !open.has(key)) {
      open.set(key, { event, label });
    }
  }
  return [...open.values()];
}

/** Returns the repeats, then the actions, each in the order of their times. */
function furtherIn(stored: readonly EventDocument[]): EventDocument[] {
  const byTime = stored.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  return ["repeat", "action"].flatMap((kept) => byTime.filter((event) => keptAs(event) === kept));
}

/** Returns the repeats that are also first events by now: a correction was cut short before it removed them. */
function copiesIn(stored: readonly EventDocument[], done: DoneDays): EventDocument[] {
  const keyOf = ({ event, day }: EventDocument, id: string | undefined) => JSON.stringify([event, day, id]);
  const firsts = stored.filter((event) => keptAs(event) === "first" && doesDay(event, done));
  const ids = new Set(firsts.map((event) => keyOf(event, event.id)));
  return stored.filter((event) => keptAs(event) === "repeat" && ids.has(keyOf(event, event.analyticsId)));
}

/** Returns the effect of a repeat or an action as the first event of a day. */
function doDay({ projectId, userHash }: UserKey, { event, label }: OpenDay): Effect {
  const { analyticsId, action, late, dayZone, ...fields } = event;
  const { tz = dayZone } = event;
  const field = fieldOf(event.event);
  const { month, bit } = monthOf(event.day);
  const months = { [month]: bit };
  const days =
    label === ORDINARY ? { days: { [field]: months } } : { days: {}, others: { [field]: { [label]: months } } };
  const first = {
    ...{ ...fields, ...(tz !== undefined && { tz }) },
    ...(analyticsId !== undefined && { id: analyticsId }),
    ...fieldsOfKind(label),
  };
  return { projectId, userHash, ...days, events: [{ ...first, _id: eventId(first) }], isRedated: true };
}
