import type { EventStore, Outcome, ResolvedUser } from "../events.ts";
import type { AddedEntry, LedgerAddition, LedgerStore } from "../ledger.ts";
import type { Ports } from "../stores.ts";
import type { AskedActions, StreakRecord, StreakStore, UserKey } from "../streaks.ts";
import type { ZoneStore } from "../zones.ts";

/**
 * The ports as SQLite's thread serves them. They look everything up and never return a user unverified; they say what
 * they find out about users on the way, and read streaks and add entries of ledgers many at a time.
 */
export interface SqliteStores extends Omit<Ports, "streaks" | "ledger" | "events" | "zones"> {
  readonly streaks: SqliteStreaks;
  readonly ledger: SqliteLedger;
  readonly events: SqliteEvents;
  readonly zones: SqliteZones;
  /** Closes the database at once, cutting deletions short, and releases the folder. */
  close(): Promise<void>;
}

/** A user who was looked up. */
export type FoundUser = Omit<ResolvedUser, "unverified">;

/** {@link StreakStore} as SQLite's thread serves it. */
export interface SqliteStreaks {
  /** Returns the streak of each user and event, in the same order. */
  readStreaks(asked: readonly StreakKey[]): Promise<StreakRecord[]>;
  linkUser(...args: Parameters<StreakStore["linkUser"]>): Promise<Linked>;
}

/** Which streak to read. */
export interface StreakKey extends UserKey {
  readonly event: string;
  readonly actions?: AskedActions;
}

/** {@link LedgerStore} as SQLite's thread serves it. */
export interface SqliteLedger extends Pick<LedgerStore, "readLedger"> {
  /** Adds entries in one transaction. Returns what became of each, in the same order. */
  addLedgerEntries(additions: readonly LedgerAddition[]): Promise<AddedEntry[]>;
}

/** {@link EventStore} as SQLite's thread serves it. */
export interface SqliteEvents {
  resolveUsers(users: readonly UserKey[]): Promise<FoundUser[]>;
  record(...args: Parameters<EventStore["record"]>): Promise<Recorded>;
}

/** {@link ZoneStore} as SQLite's thread serves it. */
export interface SqliteZones extends Pick<ZoneStore, "readDated"> {
  /** Returns the user after the change; undefined, with nothing changed, when the user has become an alias. */
  redate(...args: Parameters<ZoneStore["redate"]>): Promise<FoundUser | undefined>;
}

/** What became of a batch. */
export interface Recorded {
  readonly outcomes: Outcome[];
  /**
   * Who the users of some events are after the batch, by the position of the event: of every event with an idempotency
   * key, and of every unverified user who turned out to be an alias or to have a zone. The other events tell by
   * themselves who their users are.
   */
  readonly users: readonly (readonly [number, FoundUser])[];
}

/** What became of a link. */
export interface Linked {
  /** Whether the name is an alias of the user now. */
  readonly isLinked: boolean;
  /** The user at the end of the link, when anything has changed. */
  readonly user?: string;
  /** The name was an alias of another user before. */
  readonly wasAlias?: boolean;
}
