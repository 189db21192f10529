import type { Binary, ObjectId } from "mongodb";
import type { Day } from "../../domain/day.ts";
import type { LedgerDecision, LedgerEntry, LedgerEntryFacts } from "../../domain/ledger.ts";
import type { Months } from "../../domain/months.ts";
import type { Scope, Token } from "../../domain/token.ts";
import type { Counted } from "../analytics.ts";
import type { AuditEntry } from "../audit.ts";
import { fieldsOfKind, type KindLabel, labelAfterLink, labelOf } from "../day-kinds.ts";
import type { EventType, StoredEvent } from "../events.ts";
import type { InstanceReport } from "../instances.ts";
import type { StoredProject } from "../projects.ts";
import type { UserKey, UserZone } from "../streaks.ts";
import { eventId, join, keyId, labelIn, streakId } from "./document-ids.ts";

/** A project; `_id` is its `siteKey`. */
export type ProjectDocument = { readonly _id: string } & Omit<StoredProject, "siteKey">;

/** A note that a project is being deleted; `_id` is the project's id. */
export interface DeletionDocument {
  readonly _id: string;
  readonly siteKey: string;
  /** When the deletion began, on the database server's clock. */
  readonly at?: Date;
  /** Everything recorded before it began is gone. Batches that were running then may have recorded more since. */
  readonly emptied?: true;
}

/** A value of the installation; `_id` is its name. */
export interface SettingDocument {
  readonly _id: string;
  readonly value: string;
}

/** A token; `_id` is its id. */
export interface TokenDocument {
  readonly _id: string;
  /** The project's id and `siteKey`; absent for a token for all projects. */
  readonly p?: string;
  readonly siteKey?: string;
  /** The SHA-256 of its secret, in hex. */
  readonly secretHash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly prefix: string;
  readonly createTime: Date;
  readonly expireTime?: Date;
  /** How long it was made to live, in milliseconds. */
  readonly lifetime?: number;
  readonly lastUseTime?: Date;
}

/** A sign-in session; `_id` is the SHA-256 of its secret, in hex. */
export interface SessionDocument {
  readonly _id: string;
  readonly tokenHash: string;
  readonly createTime: Date;
  readonly expireTime: Date;
}

/** An entry of the audit log; `_id` is its id. */
export type AuditDocument = { readonly _id: string; readonly at: Date } & Omit<AuditEntry, "id" | "at">;

/** The last report of an instance; `_id` is the instance's id. */
export type InstanceDocument = { readonly _id: string; readonly startTime: Date; readonly reportTime: Date } & Omit<
  InstanceReport,
  "id" | "startTime" | "reportTime"
>;

/**
 * A user of a project, with the user's ledger and every day that the user has done. One document, not one for each
 * event: a name that becomes an alias must refuse writes for every event, also for events that it never had.
 */
export interface StreakDocument {
  /** `streakId` of `p` and `u`. */
  readonly _id: string;
  /** The project's id. */
  readonly p: string;
  /** The user, or the alias. */
  readonly u: string;
  /** The days that are done in time and in the home zone, by `fieldOf` the event. */
  readonly days?: DaysByField;
  /** All other days that are done, by `fieldOf` the event and then by the labels of their kinds. */
  readonly others?: OthersByField;
  readonly zone?: ZoneField;
  /** The home zone, from the first event on that was dated in another zone. Until then it is the zone. */
  readonly home?: string;
  /** How often events of the user were redated; absent while none were. See `redating.ts`. */
  readonly redated?: number;
  /**
   * The days whose events a correction is redating. They are stored so that they are found again if it was cut short.
   * Absent while no correction is under way.
   */
  readonly unfinished?: DayRange;
  /** Sums of the user's actions, by `fieldOf` the event: a cache, see `action-sums.ts`. */
  readonly sums?: Readonly<Record<string, EventSums>>;
  /** The entries of the ledger, in the order in which they came. In an array, a filter can tell whether it is full. */
  readonly ledger?: readonly LedgerField[];
  /** Makes the document a tombstone: its name is an alias of this user. */
  readonly aliasOf?: string;
  /** What the tombstone holds is not merged into `aliasOf` yet. An instance that meets it finishes the merge first. */
  readonly merging?: true;
  /** Everything that the tombstone ever held was merged into a former user: it was linked to `aliasOf` after that. */
  readonly emptied?: true;
  /**
   * When the name was linked to `aliasOf`, on the database server's clock, until it is swept for good: see `sweep.ts`.
   */
  readonly linkedAt?: Date;
  /** It was swept once since then. */
  readonly swept?: true;
}

/** What is kept of a user's actions for an event. */
export interface EventSums {
  readonly months?: Readonly<Record<string, MonthSum>>;
  /** Whoever has put it there counts actions. */
  readonly mark?: ObjectId;
}

/** How many actions a month has. */
export interface MonthSum {
  /** The days that were done when the actions were counted, as a set of days has them. */
  readonly days: number;
  /** How many actions these days have in all, without the first one of each day. */
  readonly beyondFirst: number;
}

/** The days from a first to a last one. */
export interface DayRange {
  readonly from: Day;
  readonly to: Day;
}

/** Days by `fieldOf` their event. */
export type DaysByField = Readonly<Record<string, Months>>;

/** Days by `fieldOf` their event and then by the labels of their kinds. */
export type OthersByField = Readonly<Record<string, Readonly<Record<KindLabel, Months>>>>;

/** A user's zone as it is stored. The order of the fields matters: `$max` compares `at` first, then `tz`. */
export interface ZoneField {
  readonly at: Date;
  readonly tz: string;
}

/** An entry of a ledger as it is stored. */
export type LedgerField = Omit<LedgerEntryFacts, "at"> & { readonly at: Date } & LedgerDecision;

/**
 * An event that was accepted as the first of its day, for analytics, or as an action; or a repeat of a day that is
 * kept.
 */
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
  /** When the server received it, where that is not `at`. */
  readonly receivedAt?: Date;
  /** The `id` of an analytics event or of a repeat, which tells it from others of its day. */
  readonly analyticsId?: string;
  /**
   * The `id` of a first event or an action, where repeats are kept. It tells an event that is tried again from a
   * repeat.
   */
  readonly id?: string;
  /** Set on an action: which action of its day it is. */
  readonly action?: string;
  /** Set on a streak interaction that was late. Set on a repeat or an action only if it became late when redated. */
  readonly late?: true;
  /**
   * The zone that has decided the day of a streak interaction, where that is not the user's home zone. An action may
   * have the home zone here, too, so that its document does not depend on which zone is the home zone.
   */
  readonly dayZone?: string;
  readonly tz?: string;
  readonly meta?: string;
  readonly sessionId?: string;
  /**
   * The event has another day now. The document stays in its place, until another event does its day: see
   * `redating.ts`.
   */
  readonly vacated?: true;
}

/** A range of the users of a project: a segment, as the instance knew it. */
export interface NotedRange {
  /** The least `segmentId` that belongs to it. */
  readonly from: string;
  /** The `segmentId` before which it ends; without one it goes on to the end of the project. */
  readonly to?: string;
}

/**
 * A note that the records of some users may change for some seconds. It is kept among the events, so that one command
 * writes it and them, and it first.
 */
export interface NoteDocument {
  /** `noteId`. */
  readonly _id: string;
  /** The project's id. Not `p`: what searches for the events of a project should not find notes. */
  readonly project: string;
  /** When it was made, by the clock of the instance. */
  readonly at: Date;
  /** The ranges that these users are in. */
  readonly ranges: readonly NotedRange[];
  /** Its window is closed, and every change that relied on it is over: done, or refused. */
  readonly ended?: true;
}

/** A segment of the users of a project. */
export interface SegmentDocument {
  /** `segmentId` of the project and `first`. */
  readonly _id: string;
  readonly first: string;
  readonly changes: number;
  readonly revision: number;
  readonly counted?: Omit<Counted, "end"> & { readonly end?: string };
  readonly tallies?: Binary;
}

/** A lease; `_id` is its name. */
export interface LeaseDocument {
  readonly _id: string;
  readonly holder: string;
  /** On the database server's clock. */
  readonly expiresAt: Date;
}

/**
 * A user's idempotency key, with the whole event that used it first, so that an instance that finds the key can do that
 * event.
 */
export interface KeyDocument extends Omit<EventDocument, "analyticsId" | "action" | "dayZone" | "vacated"> {
  /** `keyId` of `p`, `u` and the key. */
  readonly _id: string;
  /** The zone that has decided the day, where that is not `tz`. */
  readonly dayZone?: string;
  /** The `id` of the event that used the key. */
  readonly id: string;
  /** Set if that event is to be kept if it repeats a day. */
  readonly keepRepeat?: true;
  /** Set if that event is an action: which action of its day it is. */
  readonly action?: string;
  readonly expiresAt: Date;
}

/**
 * Returns the field for an event's name: no dot, dollar or NUL makes it a path or an operator, and it is never empty.
 */
export function fieldOf(event: string): string {
  return `=${event.replaceAll("%", "%25").replaceAll(".", "%2E").replaceAll("\0", "%00")}`;
}

/** Returns the name of the event that {@link fieldOf} made this field name of. */
export function eventOfField(field: string): string {
  return field.slice(1).replaceAll("%00", "\0").replaceAll("%2E", ".").replaceAll("%25", "%");
}

/**
 * Returns the document of an event. Its `_id` lets a day have one streak interaction of each kind.
 *
 * @param home the user's home zone
 */
export function eventDocument(event: StoredEvent, home?: string): EventDocument {
  const { type, id, keepRepeat } = event;
  const own =
    type === "streak_interaction"
      ? { ...(keepRepeat && { id }), ...fieldsOfKind(labelOf(event, home)) }
      : { analyticsId: id };
  const document = { ...commonFields(event), ...own };
  return { _id: eventId(document), ...document };
}

/**
 * Returns the document of a streak interaction that is kept as a repeat of its day. Several events that are one action
 * are kept once.
 */
export function repeatDocument(stored: StoredEvent): EventDocument {
  const { event, day, action, id } = stored;
  const document = {
    ...commonFields(stored),
    analyticsId: action === undefined ? id : `action|${join(event, `${day}`, action)}`,
  };
  return { _id: eventId(document), ...document };
}

/**
 * Returns the document of an event as an action, with all that decides its day; the first event of the day has the
 * rest.
 */
export function actionDocument(event: StoredEvent & { readonly action: string }): EventDocument {
  const { tz, meta, sessionId, ...fields } = commonFields(event);
  const { action, dayZone, id, keepRepeat } = event;
  const document = { ...fields, ...(dayZone !== undefined && { dayZone }), action, ...(keepRepeat && { id }) };
  return { _id: eventId(document), ...document };
}

/** Whether a document is an action. */
export function isAction({ action }: Pick<EventDocument, "action">): boolean {
  return action !== undefined;
}

/** Whether a document is a repeat that is kept. */
export function isRepeat({ type, analyticsId }: Pick<EventDocument, "type" | "analyticsId">): boolean {
  return type === "streak_interaction" && analyticsId !== undefined;
}

/** Returns the event of an alias as its user's. See `labelAfterLink` for the home zones. */
export function eventOf(
  userHash: string,
  document: EventDocument,
  aliasHome: string | undefined,
  home: string | undefined,
): EventDocument {
  const { late, dayZone, vacated, ...fields } = document;
  const copy = { ...fields, u: userHash, ...kindAfterLink(document, aliasHome, home) };
  return { ...copy, _id: eventId(copy) };
}

function kindAfterLink(
  document: EventDocument,
  aliasHome: string | undefined,
  home: string | undefined,
): Pick<EventDocument, "late" | "dayZone"> {
  if (isAction(document)) {
    const { dayZone = aliasHome } = document;
    return dayZone === undefined ? {} : { dayZone };
  }
  const isCheckIn = document.type === "streak_interaction" && document.analyticsId === undefined;
  return isCheckIn ? fieldsOfKind(labelAfterLink(labelIn(document), aliasHome, home)) : {};
}

/** Returns the document of an event's idempotency key. */
export function keyDocument(event: StoredEvent, key: string, expiresAt: number): KeyDocument {
  const { projectId, userHash, id, keepRepeat, late, dayZone, tz, action } = event;
  return {
    ...{ _id: keyId(projectId, userHash, key), id },
    ...commonFields(event),
    ...(keepRepeat && { keepRepeat }),
    ...(late && { late }),
    ...(dayZone !== undefined && dayZone !== tz && { dayZone }),
    ...(action !== undefined && { action }),
    expiresAt: new Date(expiresAt),
  };
}

/** Returns the key of another user that means the same event. */
export function keyOf(userHash: string, key: KeyDocument): KeyDocument {
  const { _id, p } = key;
  return { ...key, _id: streakId(p, userHash) + _id.slice(_id.lastIndexOf("|")), u: userHash };
}

/** Returns the event that an idempotency key means. */
export function meaningOf(key: KeyDocument): StoredEvent {
  const { p, u, at, id, event, type, day, keepRepeat, late, tz, dayZone = tz, action } = key;
  const given = { ...receivedAtOf(key), ...givenOf(key), ...(keepRepeat && { keepRepeat }), ...(late && { late }) };
  return {
    ...{ projectId: p, userHash: u, at: at.getTime(), id, event, type, day, ...given },
    ...(dayZone !== undefined && { dayZone }),
    ...(action !== undefined && { action }),
  };
}

function commonFields(stored: StoredEvent) {
  const { projectId, userHash, event, type, day, at, receivedAt } = stored;
  return {
    ...{ p: projectId, u: userHash, event, type, day, at: new Date(at) },
    ...(receivedAt !== undefined && { receivedAt: new Date(receivedAt) }),
    ...givenOf(stored),
  };
}

/** Returns when an event was received as a field to spread: nothing where that is `at`. */
export function receivedAtOf({ receivedAt }: Pick<EventDocument, "receivedAt">): Pick<StoredEvent, "receivedAt"> {
  return receivedAt === undefined ? {} : { receivedAt: receivedAt.getTime() };
}

/** Returns the optional fields of an event that are given. */
export function givenOf({ tz, meta, sessionId }: Pick<StoredEvent, "tz" | "meta" | "sessionId">) {
  return {
    ...(tz !== undefined && { tz }),
    ...(meta !== undefined && { meta }),
    ...(sessionId !== undefined && { sessionId }),
  };
}

/** Returns the document of a token. */
export function tokenDocument(token: Token): TokenDocument {
  const { id, project, secretHash, name, scopes, prefix, createTime, expireTime, lifetime, lastUseTime } = token;
  return {
    _id: id,
    ...(project !== undefined && { p: project.id, siteKey: project.siteKey }),
    secretHash,
    name,
    scopes,
    prefix,
    createTime: new Date(createTime),
    ...(expireTime !== undefined && { expireTime: new Date(expireTime) }),
    ...(lifetime !== undefined && { lifetime }),
    ...(lastUseTime !== undefined && { lastUseTime: new Date(lastUseTime) }),
  };
}

/** Returns the token of a document. */
export function tokenOf(document: TokenDocument): Token {
  const { _id, p, siteKey, secretHash, name, scopes, prefix, createTime, expireTime, lifetime, lastUseTime } = document;
  return {
    id: _id,
    name,
    scopes,
    secretHash,
    prefix,
    project: p === undefined || siteKey === undefined ? undefined : { id: p, siteKey },
    createTime: createTime.getTime(),
    expireTime: expireTime?.getTime(),
    lifetime,
    lastUseTime: lastUseTime?.getTime(),
  };
}

/** Returns a user's zone as it is stored. */
export function zoneField({ name, at }: UserZone): ZoneField {
  return { at: new Date(at), tz: name };
}

/** Returns an entry of a ledger as it is stored. */
export function ledgerField({ at, ...fields }: LedgerEntry): LedgerField {
  return { ...fields, at: new Date(at) };
}

/** Returns the entries of the ledger of a document, in any order. */
export function entriesOf({ ledger = [] }: Pick<StreakDocument, "ledger"> = {}): LedgerEntry[] {
  return ledger.map(({ at, ...fields }) => ({ ...fields, at: at.getTime() }));
}

/** Returns a filter for the documents of users. */
export function anyOf(users: readonly UserKey[]) {
  return { _id: { $in: users.map(({ projectId, userHash }) => streakId(projectId, userHash)) } };
}

/**
 * Returns a filter for the document of one user, tombstone or not. `_id` would do to find it. `p` and `u` are there
 * because an upsert inserts them, and because some clusters were sharded by them.
 */
export function oneOf(projectId: string, userHash: string) {
  return { _id: streakId(projectId, userHash), p: projectId, u: userHash };
}

/**
 * Returns a filter for the document of one user unless it is a tombstone: then an upsert fails, because its key is
 * taken.
 */
export function unlessAlias(projectId: string, userHash: string) {
  return { ...oneOf(projectId, userHash), aliasOf: { $exists: false } };
}
