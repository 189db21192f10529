import { monthOf } from "../../domain/months.ts";
import { fieldsOfKind, type KindLabel, kindOf, labelOf } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";
import type { RedatedEvent, Redating } from "../zones.ts";
import type { Update } from "./bulk.ts";
import { isDatedIn, isDayDone, labelsOfZone } from "./dated-events.ts";
import { checkInId, eventId } from "./document-ids.ts";
import type { EventDocument } from "./documents.ts";
import { EventDays } from "./event-days.ts";
import type { DoneDays } from "./streak-documents.ts";

/** What redating events of a user does to the documents of the events and of the user. */
export interface RedatingPlan {
  /** The events that are redated: those that are as they were when they were read. */
  readonly redatedEvents: readonly RedatedEvent[];
  /** The first events that leave their places. */
  readonly left: readonly EventDocument[];
  /** First events at their new places. */
  readonly puts: readonly Update[];
  /** The days of each event, as they are after that. */
  readonly days: readonly EventDays[];
  /** The redated repeats and actions, each with the kind of day that it is to do. */
  readonly redatedFurther: readonly RedatedFurther[];
}

/** A repeat or an action that is redated. Its document keeps its `_id` until the correction is finished. */
export interface RedatedFurther {
  readonly update: Update;
  readonly _id: string;
  readonly label: KindLabel;
}

/** A user as it is stored. */
export interface StoredUser extends UserKey {
  readonly home: string;
  readonly done: DoneDays;
  /** The user's streak interactions, by their `_id`. */
  readonly stored: ReadonlyMap<string, EventDocument>;
}

/** Returns what a correction does. It leaves out events that are not as they were when they were read. */
export function planRedating(user: StoredUser, { wrongZone, rightZone, events }: Redating): RedatingPlan {
  const { projectId, userHash, home, done, stored } = user;
  const redatedEvents: RedatedEvent[] = [];
  const left: EventDocument[] = [];
  const puts = new Map<string, Update>();
  const days = new Map<string, EventDays>();
  const redatedFurther: RedatedFurther[] = [];

  function daysOf(event: string): EventDays {
    const known = days.get(event) ?? new EventDays(done, event);
    days.set(event, known);
    return known;
  }

  function redateFirst(redated: RedatedEvent, label: KindLabel): void {
    const {
      event: { event, ...was },
      ...now
    } = redated;
    const kind = labelsOfZone(done, event, wrongZone, home).find((each) => {
      const document = stored.get(checkInId(projectId, userHash, event, was.day, each));
      const isOfKind = kindOf(each).late === (was.late === true) && isDayDone(done, event, each, was.day);
      return isOfKind && document?.at.getTime() === was.at;
    });
    if (kind === undefined) {
      return;
    }
    const from = stored.get(checkInId(projectId, userHash, event, was.day, kind)) as EventDocument;
    const { dayZone, ...fields } = redatedFrom(from, now);
    const to = { ...fields, tz: rightZone, ...fieldsOfKind(label) };
    const _id = eventId(to);
    const before = stored.get(_id);
    const isTaken = puts.has(_id) || (before !== undefined && isDayDone(done, event, label, now.day));
    if (!isTaken) {
      puts.set(_id, put({ ...to, _id }, before));
    }
    redatedEvents.push(redated);
    left.push(from);
    daysOf(event).remove(kind, monthOf(was.day));
    daysOf(event).add(label, monthOf(now.day));
  }

  function redateFurther(redated: RedatedEvent, label: KindLabel): void {
    const {
      event: { event, keptAs, day, id = "", at },
      ...now
    } = redated;
    const isAction = keptAs === "action";
    const own = isAction ? { action: id } : { analyticsId: id };
    const from = stored.get(eventId({ p: projectId, u: userHash, event, day, ...own }));
    if (from?.day === day && from.at.getTime() === at && isDatedIn(wrongZone, from, home)) {
      const zone = isAction ? "dayZone" : "tz";
      const filter = { _id: from._id, day, at: from.at, [zone]: from[zone] ?? { $exists: false } };
      const to = { ...redatedFrom(from, now), ...(now.late && { late: true }), [zone]: rightZone };
      const update = [{ $replaceWith: { $literal: to } }];
      redatedEvents.push(redated);
      redatedFurther.push({ update: { filter, update, upsert: false }, _id: from._id, label });
    }
  }

  for (const redated of events) {
    const label = labelOf({ dayZone: rightZone, ...(redated.late && { late: true }) }, home);
    const redate = redated.event.keptAs === "first" ? redateFirst : redateFurther;
    redate(redated, label);
  }
  return { redatedEvents, left, puts: [...puts.values()], days: [...days.values()], redatedFurther };
}

/** Returns an event with another day and time. */
function redatedFrom(event: EventDocument, { day, at }: Pick<RedatedEvent, "day" | "at">): EventDocument {
  const { late, vacated, receivedAt = event.at, ...fields } = event;
  return { ...fields, day, at: new Date(at), ...(receivedAt.getTime() !== at && { receivedAt }) };
}

/** Returns the update that puts an event in its place, which is empty or has an event that does no day. */
function put(event: EventDocument, before: EventDocument | undefined): Update {
  const update = [{ $replaceWith: { $literal: event } }];
  return before === undefined
    ? { filter: { _id: event._id }, update, upsert: true, document: event }
    : { filter: { _id: event._id, at: before.at }, update, upsert: true };
}
