import type { LedgerEntry } from "../domain/ledger.ts";
import type { Token } from "../domain/token.ts";
import type { AuditEntry } from "../store/audit.ts";
import { type KindLabel, kindsOf, labelOfKind, ORDINARY } from "../store/day-kinds.ts";
import type { StoredEvent } from "../store/events.ts";
import type { StoredProject } from "../store/projects.ts";
import type { UserKey, UserZone } from "../store/streaks.ts";
import type { DaysByEvent } from "../store/users.ts";

/**
 * The kinds of records, in the order of copying: projects tell whose data it is, and events come before the keys that
 * mean them.
 */
export const KINDS = [
  "projects",
  "settings",
  "tokens",
  "users",
  "events",
  "repeats",
  "actions",
  "keys",
  "audit",
  "rejections",
] as const;

/** A kind of record. */
export type Kind = (typeof KINDS)[number];

/** The records of each kind, however a store keeps them. */
export interface Records {
  projects: StoredProject;
  settings: { readonly name: string; readonly value: string };
  tokens: Token;
  users: User;
  /**
   * The `id` of a streak interaction is empty: its day and the kind of it tell it apart. Its `dayZone` is set where that
   * is not the user's home zone.
   */
  events: StoredEvent;
  /** The streak interactions that repeat a day and were kept. */
  repeats: StoredEvent;
  /** The actions, where a widget counts them. They have no `id`, and only what tells their day. */
  actions: StoredEvent & { readonly action: string };
  keys: {
    readonly projectId: string;
    readonly key: string;
    /** Epoch milliseconds. */
    readonly expiresAt: number;
    /**
     * The event that the key means. The embedded store doesn't keep it, so it is any stored event of the key's user:
     * storing that again changes nothing. Its `id` is never empty.
     */
    readonly event: StoredEvent;
  };
  audit: AuditEntry;
  /** How many events of a month a project's plan has rejected. */
  rejections: { readonly projectId: string; readonly month: string; readonly events: number };
}

/** The place of a record among those of its kind: the values of its primary key. */
export type Position = readonly (string | number)[];

/** A record as it was read. */
export interface Read<K extends Kind> {
  readonly record: Records[K];
  readonly position: Position;
  /** About how much memory it takes, in bytes. */
  readonly size: number;
}

/** A user or an alias. */
export interface User extends UserKey {
  /** What the alias was linked to, which may be an alias itself. */
  readonly aliasOf?: string;
  readonly zone?: UserZone;
  /** The home zone, where it is stored: see `StreakRecord`. */
  readonly home?: string;
  /** Whether events were ever redated: see `ResolvedUser`. */
  readonly isRedated?: true;
  /** The days that are done, by event. A map, because an event may have any name. */
  readonly days: DaysByEvent;
  /** The entries of the ledger, in any order. */
  readonly ledger: readonly LedgerEntry[];
}

/** A record and its kind. */
export type AnyRecord = { [K in Kind]: { readonly kind: K; readonly record: Records[K] } }[Kind];

/** What is counted and compared: the kinds of records, and the parts of users. */
export const COUNTED = [
  "projects",
  "settings",
  "tokens",
  "users",
  "aliases",
  "zones",
  "months",
  "ledger",
  "events",
  "repeats",
  "actions",
  "keys",
  "audit",
  "rejections",
] as const;

/** One thing that is counted and compared. */
export type Counted = (typeof COUNTED)[number];

/** Returns everything that a record holds, each as a list of values that is the same for both stores. */
export function factsOf({ kind, record }: AnyRecord): (readonly [Counted, ...unknown[]])[] {
  switch (kind) {
    case "projects":
      return [["projects", sorted(planSetAt(record, 0))]];
    case "settings":
      return [["settings", record.name, record.value]];
    case "tokens":
      return [["tokens", sorted(record)]];
    case "users":
      return factsOfUser(record);
    case "events":
    case "repeats":
      return [[kind, ...valuesOf(record)]];
    case "actions":
      return [["actions", record.action, ...valuesOf(record)]];
    case "keys":
      return [["keys", record.projectId, record.key, record.expiresAt, ...valuesOf(record.event)]];
    case "audit":
      return [["audit", sorted(record)]];
    case "rejections":
      return [["rejections", record.projectId, record.month, record.events]];
  }
}

/**
 * Returns a project whose plan, if it has one, was set at this time, in epoch milliseconds. Seats are not migrated. A
 * plan that counts as new has the server give seats to all who are active before it lets newcomers in.
 */
export function planSetAt(project: StoredProject, since: number): StoredProject {
  return project.plan === undefined ? project : { ...project, plan: { ...project.plan, since } };
}

function valuesOf(stored: StoredEvent): unknown[] {
  const { projectId, userHash, event, type, day, at, receivedAt, tz, meta, sessionId, id, late, dayZone } = stored;
  const label = labelOfKind({ late: late === true, ...(dayZone !== undefined && { zone: dayZone }) });
  const values = [projectId, userHash, event, type, day, at, tz, meta, sessionId, id];
  // Only where there is one: so what runs of older versions have noted of a folder stays true.
  return [...values, ...(receivedAt === undefined ? [] : [receivedAt]), ...given(label)];
}

/** Returns a label that is not that of ordinary days as a list to spread: for the same reason. */
function given(label: KindLabel): KindLabel[] {
  return label === ORDINARY ? [] : [label];
}

function factsOfUser(user: User): (readonly [Counted, ...unknown[]])[] {
  const { projectId, userHash, aliasOf, zone, home, isRedated, days, ledger } = user;
  const facts: (readonly [Counted, ...unknown[]])[] = [["users", projectId, userHash]];
  if (aliasOf !== undefined) {
    facts.push(["aliases", projectId, userHash, aliasOf]);
  }
  if (zone !== undefined) {
    const added = [...(home === undefined ? [] : [home]), ...(isRedated ? [isRedated] : [])];
    facts.push(["zones", projectId, userHash, zone.name, zone.at, ...added]);
  }
  for (const [event, checkIns] of days) {
    for (const { label, days } of kindsOf(checkIns)) {
      for (const [month, bits] of Object.entries(days)) {
        facts.push(["months", projectId, userHash, event, month, bits, ...given(label)]);
      }
    }
  }
  for (const entry of ledger) {
    facts.push(["ledger", projectId, userHash, sorted(entry)]);
  }
  return facts;
}

/** Whether a record is an idempotency key that expires until then, in epoch milliseconds. */
export function isExpired(kind: Kind, record: Records[Kind], until: number): boolean {
  return kind === "keys" && (record as Records["keys"]).expiresAt <= until;
}

/** Returns the same value with the fields of its objects in order, because stores don't promise to keep the order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  // As pairs, because an object would take a field named __proto__ for something else.
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
