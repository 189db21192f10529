import { ObjectId } from "mongodb";
import type { Day } from "../../domain/day.ts";
import { type KindLabel, labelOfKind, ORDINARY } from "../day-kinds.ts";
import type { UserKey } from "../streaks.ts";

/** Returns the parts that an id, or the holder of a seat, was made of. */
export function partsOf(id: string): string[] {
  return id.split("|").map((part) => part.replaceAll("%7C", "|").replaceAll("%25", "%"));
}

/** Returns the `_id` of a user's document. */
export function streakId(projectId: string, userHash: string): string {
  return join(projectId, userHash);
}

/**
 * Returns the `_id` of an event's document: a streak interaction is told apart by its day and the kind of it, an
 * analytics event and a repeat by its own id.
 */
export function eventId({ p, u, event, day, analyticsId, action, ...kind }: IdentifiedEvent): string {
  if (action !== undefined) {
    return `${join(p, u)}|${ACTIONS}|${join(event, `${day}`, action)}`;
  }
  return analyticsId === undefined ? checkInId(p, u, event, day, labelIn(kind)) : join(p, u, analyticsId);
}

/** What the `_id` of an event is made of: see `EventDocument`. */
export interface IdentifiedEvent {
  readonly p: string;
  readonly u: string;
  readonly event: string;
  readonly day: Day;
  readonly analyticsId?: string;
  readonly action?: string;
  readonly late?: true;
  readonly dayZone?: string;
}

/**
 * The part of the `_id` of an action that comes after its user. No event and no `id` can be the same, because every
 * percent sign of a part is escaped. So the actions of a user and an event lie together, and the index on `_id` counts
 * them.
 */
const ACTIONS = "%";

/**
 * Returns the range of `_id` that a user's actions for an event are in.
 *
 * @param from without it, those of all days. With it, those of the days from this one on, as far as these have as many
 *   digits; actions of days with fewer digits may be among them
 */
export function rangeOfActions({ projectId, userHash }: UserKey, event: string, from?: Day) {
  const all = `${join(projectId, userHash)}|${ACTIONS}|${join(event)}`;
  return { $gte: from === undefined ? `${all}|` : `${all}|${from}|`, $lt: `${all}}` };
}

/**
 * Returns the range of `_id` that a user's analytics events and repeats are in. It has first events of days, too, but
 * no actions, of which a user may have many. An `id` begins with a letter or digit, and so comes after a percent sign.
 */
export function rangeAfterActions(projectId: string, userHash: string) {
  const { $lt } = rangeOf(projectId, userHash);
  return { $gte: `${join(projectId, userHash)}|${ACTIONS}}`, $lt };
}

/** Returns the `_id` of the streak interaction that has done a day of this kind. */
export function checkInId(projectId: string, userHash: string, event: string, day: Day, kind: KindLabel): string {
  return kind === ORDINARY
    ? join(projectId, userHash, event, `${day}`)
    : join(projectId, userHash, event, `${day}`, kind);
}

/** Returns the label of the kind of day that a stored streak interaction has done. */
export function labelIn({ late, dayZone }: Pick<IdentifiedEvent, "late" | "dayZone">): KindLabel {
  return labelOfKind({ late: late === true, ...(dayZone !== undefined && { zone: dayZone }) });
}

/**
 * Returns the `_id` of an idempotency key's document. Versions before 0.1.0 left the user out; such an `_id` has fewer
 * parts, so nothing finds it.
 */
export function keyId(projectId: string, userHash: string, key: string): string {
  return join(projectId, userHash, key);
}

/** How the ids of notes begin: like no event, because every percent sign of a part is escaped. */
const NOTE = "%|";

/** Returns the `_id` of a new note. Those of a project are in the order in which they were made, nearly. */
export function noteId(projectId: string): string {
  return NOTE + join(projectId, new ObjectId().toHexString());
}

/** Returns what the ids of notes are between: those of a project, or all. */
export function rangeOfNotes(projectId: string | undefined) {
  if (projectId === undefined) {
    return { $gte: NOTE, $lt: "%}" };
  }
  const { $gte, $lt } = rangeOf(projectId);
  return { $gte: NOTE + $gte, $lt: NOTE + $lt };
}

/**
 * Returns what orders the names of a project for analytics: as the ids of their events are ordered, which go on with a
 * bar. So the events of a range of names lie together. The empty text comes before every name. It is the `_id` of the
 * segment that begins with this name, too.
 */
export function segmentId(projectId: string, first: string): string {
  return first === "" ? `${join(projectId)}|` : `${join(projectId, first)}|`;
}

/**
 * Joins parts so that different parts, or another number of parts, never make the same text. The project comes first
 * and then the user, so the index of `_id`, which every collection has, finds all documents of a user and of a project.
 */
export function join(...parts: string[]): string {
  return parts.map((part) => part.replaceAll("%", "%25").replaceAll("|", "%7C")).join("|");
}

/** Returns a filter for the documents whose `_id` begins with these parts and goes on after them. */
export function beginningWith(...parts: string[]) {
  return { _id: rangeOf(...parts) };
}

/** Returns what the ids are between that begin with these parts and go on after them. */
export function rangeOf(...parts: string[]) {
  const from = join(...parts);
  // A brace is the character after the bar.
  return { $gte: `${from}|`, $lt: `${from}}` };
}
