import type { JsonObject } from "@bufbuild/protobuf";
import type { Day } from "../../domain/day.ts";
import type { DayStarts } from "../../domain/day-start.ts";
import type { LedgerDecision, LedgerEntry } from "../../domain/ledger.ts";
import type { DaysByEvent } from "../../store/users.ts";

/** What a request asks for in the ledgers of its users. */
export interface LedgerAsk {
  /** The event whose streak alone can change; undefined when any streak can. */
  readonly event?: string | undefined;
  /** Whether an entry with the request's id is what the request asks for. */
  isAsked(entry: LedgerEntry): boolean;
  /**
   * Returns what a new entry must say; undefined when there is nothing to do.
   *
   * @param name the name that the request has for the user
   * @throws StreakdError when this can't be asked for this user
   */
  decide(user: LedgerUser, name: string): LedgerDecision | undefined;
  /** What the audit log keeps of it, beside the entry's id, its reason, and the users. */
  readonly audit: JsonObject;
}

/** A user of a request. */
export interface LedgerUser {
  /** The user's own name; the request may have an alias. */
  readonly userHash: string;
  /** The done days, by event; empty for an event that the user has never done. */
  readonly days: DaysByEvent;
  /** Returns the day that is today for a streak; without `dayStarts`, the date that is today. */
  today(dayStarts?: DayStarts): Day;
  readonly entries: readonly LedgerEntry[];
}
