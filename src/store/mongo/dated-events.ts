import type { Day } from "../../domain/day.ts";
import { hasDay } from "../../domain/months.ts";
import { isSameZone } from "../../domain/zone.ts";
import { type KindLabel, kindOf, ORDINARY } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";
import type { DatedEvent } from "../zones.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, labelIn } from "./document-ids.ts";
import { type DayRange, type EventDocument, fieldOf, isAction, isRepeat } from "./documents.ts";
import type { DoneDays } from "./streak-documents.ts";

/** How many documents are read at a time. Requests wait while they are decoded. */
const DOCUMENTS_AT_ONCE = 500;

/** How many documents a command changes at most. It must be over long before a connection times out. */
const CHANGED_AT_ONCE = 500;

/** Divides items, one for each document to change, into pages that one command can do. */
export function pagesOf<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / CHANGED_AT_ONCE);
  return Array.from({ length: count }, (_, page) => items.slice(page * CHANGED_AT_ONCE, (page + 1) * CHANGED_AT_ONCE));
}

/** Returns the range that contains two ranges, each of which may be missing. */
export function widest(one: DayRange | undefined, other: DayRange | undefined): DayRange | undefined {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
}

/** Returns the range from the first to the last of some days; undefined for none. */
export function rangeOfDays(days: readonly Day[]): DayRange | undefined {
  return days.reduce<DayRange | undefined>((range, day) => widest(range, { from: day, to: day }), undefined);
}

/** Returns a filter for the days of a range. */
export function inRange({ from, to }: DayRange) {
  return { $gte: from, $lte: to };
}

/** Finds the kept streak interactions of a user, on some days. */
export function findDated({ events }: Connection, { projectId, userHash }: UserKey, day: object) {
  const type = "streak_interaction" as const;
  const filter = { ...beginningWith(projectId, userHash), type, day };
  return events.find(filter, { batchSize: DOCUMENTS_AT_ONCE });
}

/** Returns what a streak interaction is kept as. */
export function keptAs(document: EventDocument): DatedEvent["keptAs"] {
  if (isAction(document)) {
    return "action";
  }
  return isRepeat(document) ? "repeat" : "first";
}

/** Returns the zone that has dated a streak interaction, as far as its document knows; undefined for the home zone. */
export function zoneIn(document: EventDocument): string | undefined {
  return keptAs(document) === "repeat" ? document.tz : document.dayZone;
}

/** Whether a zone has dated a streak interaction of a user with this home zone. */
export function isDatedIn(zone: string, document: EventDocument, home: string): boolean {
  return isSameZone(zoneIn(document) ?? home, zone);
}

/** Whether a first event does its day. It does not if it was redated, or if its batch was cut short. */
export function doesDay(document: EventDocument, done: DoneDays): boolean {
  return isDayDone(done, document.event, labelIn(document), document.day);
}

/** Whether a day of an event is done by events of a kind. */
export function isDayDone({ days, others }: DoneDays, event: string, label: KindLabel, day: Day): boolean {
  const field = fieldOf(event);
  return hasDay((label === ORDINARY ? days?.[field] : others?.[field]?.[label]) ?? {}, day);
}

/** Whether the day of a streak interaction is done by any event that a zone has dated. */
export function isDoneInZone(done: DoneDays, { event, day }: EventDocument, zone: string, home: string): boolean {
  return labelsOfZone(done, event, zone, home).some((label) => isDayDone(done, event, label, day));
}

/** Marks first events that have another day now. If another event has taken a place, it is not marked. */
export async function markVacated(
  { events }: Connection,
  left: readonly Pick<EventDocument, "_id" | "at">[],
): Promise<void> {
  for (const page of pagesOf(left)) {
    const [ids, times] = [page.map(({ _id }) => _id), page.map(({ at }) => at)];
    await events.updateMany({ _id: { $in: ids }, at: { $in: times } }, { $set: { vacated: true } });
  }
}

/** Returns the labels of the days of an event that were dated in a zone. */
export function labelsOfZone({ others }: DoneDays, event: string, zone: string, home: string): KindLabel[] {
  const labels: KindLabel[] = [ORDINARY, ...Object.keys(others?.[fieldOf(event)] ?? {})];
  return labels.filter((label) => isSameZone(kindOf(label).zone ?? home, zone));
}
