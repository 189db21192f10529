import type { JsonObject } from "@bufbuild/protobuf";
import type { History } from "../../domain/check-ins.ts";
import type { Day } from "../../domain/day.ts";
import type { LedgerDecision, LedgerEntry } from "../../domain/ledger.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import type { Moment } from "../streaks/moment.ts";

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
  /**
   * Whether what {@link decide} returns holds only for the ledger that it was given. Then the entry is not added to a
   * ledger that has got another one since. False when not given.
   */
  readonly isForLedgerAsRead?: true;
  /** What the audit log keeps of it, beside the entry's id, its reason, and the users. */
  readonly audit: JsonObject;
}

/** A user of a request. */
export interface LedgerUser {
  /** The user's own name; the request may have an alias. */
  readonly userHash: string;
  /** What the user has done, by event; empty for an event that the user has never done. */
  readonly days: ReadonlyMap<string, History>;
  /** The date that is today. */
  readonly date: Day;
  /** Returns what a streak is computed from now, by the rules of the user. */
  momentOf(event: string, rules: StreakRules): Moment;
  readonly entries: readonly LedgerEntry[];
}
