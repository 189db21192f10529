import type { CheckIns } from "../check-ins.ts";
import type { Day } from "../day.ts";
import type { EventType } from "../event-type.ts";
import type { LedgerEntry } from "../ledger.ts";

/** All that is recorded for a user, aliases included. A user who has nothing but a ledger has no history. */
export interface UserHistory {
  readonly userHash: string;
  /**
   * The user's zone, with the time of the event that named it, in epoch milliseconds. Count by its name alone: a later
   * `at` of the same zone need not be noted as a change.
   */
  readonly zone?: { readonly name: string; readonly at: number };
  /** The IANA name of the user's home zone, if that may not be `zone`: the zone of the `days` of check-ins. */
  readonly home?: string;
  /** The done days, by event. A Map, since an event may be called `__proto__`. */
  readonly days: ReadonlyMap<string, CheckIns>;
  /** The entries of the user, in the order of their `at` and then of their ids. Absent without entries. */
  readonly ledger?: readonly LedgerEntry[];
  /** The stored events of all types, in any order. */
  readonly events: readonly HistoryEvent[];
}

/** A stored event. */
export interface HistoryEvent {
  readonly event: string;
  readonly type: EventType;
  /** The user's local day of `at`. */
  readonly day: Day;
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
  /** The IANA zone that the event named. */
  readonly tz?: string;
  /** Custom metadata, as JSON. */
  readonly meta?: string;
  readonly sessionId?: string;
  /** Set where it repeats a day: it was kept because the project keeps repeats. */
  readonly isRepeat?: true;
}
