import type { Day } from "../../domain/day.ts";
import type { Months } from "../../domain/months.ts";
import type { Project } from "../../domain/project.ts";
import type { EventType, StoredEvent, UserKey, UserZone } from "../streak-store.ts";

/** A project; `_id` is its `siteKey`. */
export type ProjectDocument = { readonly _id: string } & Omit<Project, "siteKey">;

/** A note that a project is being deleted; `_id` is the project's id. */
export interface DeletionDocument {
  readonly _id: string;
  readonly siteKey: string;
  /** When it was asked for, on the server's clock. */
  readonly at?: Date;
  /** All that was recorded when it was asked for is gone; what was still under way may have come since. */
  readonly emptied?: true;
}

/** A value of the installation; `_id` is its name. */
export interface SettingDocument {
  readonly _id: string;
  readonly value: string;
}

/**
 * A user of a project, with everything that they have done. One document, not one for each event: a name that became
 * an alias must refuse writes for every event, those included that it never had.
 */
export interface StreakDocument {
  /** `streakId` of `p` and `u`. */
  readonly _id: string;
  /** The project's id. */
  readonly p: string;
  /** The user, or the name that was one until it became an alias. */
  readonly u: string;
  /** The days done of each event, by `fieldOf` the event. */
  readonly days?: Readonly<Record<string, Months>>;
  readonly zone?: ZoneField;
  /** This is a tombstone: the name is an alias of this user. */
  readonly aliasOf?: string;
  /** What the tombstone still holds is yet to be merged into `aliasOf`'s. Whoever meets it does so first. */
  readonly merging?: true;
  /** All that the tombstone ever held is another user's: it was pointed to `aliasOf` after that. */
  readonly emptied?: true;
  /** When the tombstone was pointed to `aliasOf`, on the server's clock, until it was swept for good: see `sweep.ts`. */
  readonly linkedAt?: Date;
  /** It was swept once since. */
  readonly swept?: true;
}

/** A user's zone as it is stored. The order of the fields matters: `$max` compares `at` first, then `tz`. */
export interface ZoneField {
  readonly at: Date;
  readonly tz: string;
}

/** An event that was accepted as the first of its day, or for analytics. */
export interface EventDocument {
  /** `eventId` of the event. */
  readonly _id: string;
  readonly p: string;
  readonly u: string;
  readonly event: string;
  readonly type: EventType;
  /** Epoch day. */
  readonly day: Day;
  readonly at: Date;
  /** Of analytics events, what tells them apart. */
  readonly analyticsId?: string;
  readonly tz?: string;
  readonly meta?: string;
  readonly sessionId?: string;
}

/**
 * What an idempotency key means: the event that used it first, whole, so that whoever finds the key can do what that one
 * was about to do. The collection can be sharded on `{_id: "hashed"}`.
 */
export interface IntentDocument extends Omit<EventDocument, "analyticsId"> {
  /** `intentId` of project and key. */
  readonly _id: string;
  /** The `id` of the event that used the key. */
  readonly id: string;
  readonly expiresAt: Date;
}

/** The `_id` of a user's document. */
export function streakId(projectId: string, userHash: string): string {
  return join(projectId, userHash);
}

/** The `_id` of an event's document: a streak interaction's is its day, an analytics event's its own. */
export function eventId({ p, u, event, day, analyticsId }: Omit<EventDocument, "_id">): string {
  return analyticsId === undefined ? join(p, u, event, `${day}`) : join(p, u, analyticsId);
}

/** The `_id` of an idempotency key's document. */
export function intentId(projectId: string, key: string): string {
  return join(projectId, key);
}

/**
 * Joins parts so that different parts, or another number of them, never read the same. Project first, then user, in what
 * is sharded on `{_id: 1}`: so the index of `_id`, which every collection has, finds all of a user's and all of a project's.
 */
function join(...parts: string[]): string {
  return parts.map((part) => part.replaceAll("%", "%25").replaceAll("|", "%7C")).join("|");
}

/** Finds the documents of which these parts are what their `_id` begins with, but are not all of it. */
export function beginningWith(...parts: string[]) {
  const from = join(...parts);
  // A brace is the character after the bar that goes on.
  return { _id: { $gte: `${from}|`, $lt: `${from}}` } };
}

/** An event's name as a name of a field: no dot, dollar or NUL makes it a path or an operator, and no name is empty. */
export function fieldOf(event: string): string {
  return `=${event.replaceAll("%", "%25").replaceAll(".", "%2E").replaceAll("\0", "%00")}`;
}

/** The document of an event, under the `_id` that makes it its day's only one. */
export function eventDocument(event: StoredEvent): EventDocument {
  const { type, id } = event;
  const document = { ...commonFields(event), ...(type !== "streak_interaction" && { analyticsId: id }) };
  return { _id: eventId(document), ...document };
}

/** The same event as another user's. */
export function eventOf(userHash: string, document: EventDocument): EventDocument {
  const moved = { ...document, u: userHash };
  return { ...moved, _id: eventId(moved) };
}

/** What an event's idempotency key means until it expires. */
export function intentDocument(event: StoredEvent, key: string, expiresAt: number): IntentDocument {
  const { projectId, id } = event;
  return { _id: intentId(projectId, key), id, ...commonFields(event), expiresAt: new Date(expiresAt) };
}

/** The event that an idempotency key means. */
export function meaningOf(intent: IntentDocument): StoredEvent {
  const { p, u, at, id, event, type, day } = intent;
  return { projectId: p, userHash: u, at: at.getTime(), id, event, type, day, ...givenOf(intent) };
}

function commonFields(stored: StoredEvent) {
  const { projectId, userHash, event, type, day, at } = stored;
  return { p: projectId, u: userHash, event, type, day, at: new Date(at), ...givenOf(stored) };
}

/** What an event may leave out, as far as it is given. */
export function givenOf({ tz, meta, sessionId }: Pick<StoredEvent, "tz" | "meta" | "sessionId">) {
  return {
    ...(tz !== undefined && { tz }),
    ...(meta !== undefined && { meta }),
    ...(sessionId !== undefined && { sessionId }),
  };
}

/** A user's zone as it is stored. */
export function zoneField({ name, at }: UserZone): ZoneField {
  return { at: new Date(at), tz: name };
}

/** A stored zone as the part of an answer that is left out while none is known. */
export function zoneOf(document: StreakDocument | undefined): { zone?: UserZone } {
  return document?.zone === undefined ? {} : { zone: { name: document.zone.tz, at: document.zone.at.getTime() } };
}

/** Finds the documents of users. */
export function anyOf(users: readonly UserKey[]) {
  return { _id: { $in: users.map(({ projectId, userHash }) => streakId(projectId, userHash)) } };
}

/**
 * Finds the document of one user, whether it is a tombstone or not. `_id` would do; `p` and `u` are what an upsert inserts,
 * and the shard key of clusters that were sharded by them.
 */
export function oneOf(projectId: string, userHash: string) {
  return { _id: streakId(projectId, userHash), p: projectId, u: userHash };
}

/** Finds the document of one user unless it is a tombstone; an upsert with it then fails, because its key is taken. */
export function unlessAlias(projectId: string, userHash: string) {
  return { ...oneOf(projectId, userHash), aliasOf: { $exists: false } };
}

/** The update that adds days, by `fieldOf` their event, and a zone to a user's document. */
export function unionWith({
  days = {},
  zone,
}: {
  readonly days?: StreakDocument["days"];
  readonly zone?: ZoneField | undefined;
}) {
  const bits = Object.entries(days).flatMap(([field, months]) =>
    Object.entries(months).map(([month, or]) => [`days.${field}.${month}`, { or }] as const),
  );
  return { ...(bits.length > 0 && { $bit: Object.fromEntries(bits) }), ...(zone && { $max: { zone } }) };
}
