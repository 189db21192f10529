import type { AnalyticsStore } from "./analytics.ts";
import type { AuditStore } from "./audit.ts";
import type { EventStore } from "./events.ts";
import type { InstanceStore } from "./instances.ts";
import type { LeaseStore } from "./leases.ts";
import type { LedgerStore } from "./ledger.ts";
import type { ProjectStore } from "./projects.ts";
import type { SeatStore } from "./seats.ts";
import type { SessionStore } from "./sessions.ts";
import type { SettingStore } from "./settings.ts";
import type { StreakStore } from "./streaks.ts";
import type { TokenStore } from "./tokens.ts";
import type { UsageStore } from "./usage.ts";
import type { UserStore } from "./users.ts";
import type { ZoneStore } from "./zones.ts";

/**
 * What a store keeps, one port a subject. Each port has a suite in `test/store/conformance/` that every store passes.
 *
 * These rules hold for every method of every port:
 * - A promise that resolves means that the change is durable and that every later read sees it.
 * - A method rejects with `StoreUnavailableError` when the store can't answer now. Calling it again is then always
 *   safe.
 * - `projectId` is a `Project.id`.
 * - The name of a method is unique among all ports, because metrics name the method alone.
 */
export interface Ports {
  readonly projects: ProjectStore;
  readonly streaks: StreakStore;
  readonly ledger: LedgerStore;
  readonly events: EventStore;
  readonly settings: SettingStore;
  readonly users: UserStore;
  readonly zones: ZoneStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly audit: AuditStore;
  readonly seats: SeatStore;
  readonly usage: UsageStore;
  readonly analytics: AnalyticsStore;
  readonly leases: LeaseStore;
  readonly instances: InstanceStore;
}

/** An open store. */
export interface Stores extends Ports {
  /**
   * How many turns of the event loop a batch of events should wait for more events before it goes to the store. A turn
   * with nothing to do takes microseconds. Above 0 only where a batch costs about the same whatever its size.
   */
  readonly coalesceTurns: number;
  /** Waits for the calls that are running, but cuts deletions short. Then releases the storage. */
  close(): Promise<void>;
}

/** Where a store reports what an operator should know and no caller is told. A pino logger is one. */
export interface StoreLog {
  /** Reports what the store does by itself. */
  info(details: object, message: string): void;
  /** Reports a failure; `err` of the details is its cause. */
  warn(details: object, message: string): void;
}
