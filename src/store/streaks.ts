import type { CheckIns } from "../domain/check-ins.ts";
import type { LedgerEntry } from "../domain/ledger.ts";

/**
 * What users have done, and which names are one user. The truth is a set of done days for each (project, user, event),
 * so merging two users is a union: idempotent, and the same in any order.
 */
export interface StreakStore {
  /**
   * Returns the days that a user has done, and the user's zone and ledger. Follows aliases; empty for an unknown user.
   *
   * @param actions set to have actions counted: in all, or for each day too
   */
  readStreak(user: UserKey, event: string, actions?: AskedActions): Promise<StreakRecord>;
  /**
   * Makes `anonymousId` an alias of `userHash`: merges the ledger of `anonymousId`, and everything that it has done so
   * far, for every event, into the user, and sends later events there too. Returns false, and changes nothing, when
   * `userHash` is, by its own aliases, `anonymousId` itself.
   *
   * The user's home zone stays; a user who has had no zone gets that of `anonymousId`. Days that were in the home zone of
   * `anonymousId` become days of that zone, where it is another one: no day loses the zone that has dated it.
   *
   * When links that are made at the same time together close a circle, one of them returns false. Its `anonymousId` is
   * then a user of its own, whatever it was before.
   */
  linkUser(projectId: string, anonymousId: string, userHash: string): Promise<boolean>;
}

/** Which counts of actions are asked for: `beyondFirst` of `ActionCounts`, or all of them. */
export type AskedActions = "total" | "of_days";

/** A user as an app reports it, before aliases are followed. */
export interface UserKey {
  readonly projectId: string;
  readonly userHash: string;
}

/**
 * A user's zone. The zone with the later `at` wins, and the greater name when both are equally late: any order ends the
 * same.
 */
export interface UserZone {
  /** IANA name. */
  readonly name: string;
  /** When the event happened that named it, in epoch milliseconds. */
  readonly at: number;
}

/** Whether a zone wins over the known zone: see {@link UserZone}. */
export function isLaterZone(zone: UserZone, known: UserZone | undefined): boolean {
  return known === undefined || zone.at > known.at || (zone.at === known.at && zone.name > known.name);
}

/** What a streak is computed from. */
export interface StreakRecord extends CheckIns {
  readonly zone?: UserZone;
  /**
   * The IANA name of the user's home zone: the zone of `days`. It is the one that was the user's before the first event
   * with another zone came, and then never changes, but by a link: see `linkUser`. Absent while the user has had one zone
   * at most: then that is the home zone.
   */
  readonly home?: string;
  /** The user's entries, also those about other events, in their order: see `LedgerStore`. Absent without entries. */
  readonly ledger?: readonly LedgerEntry[];
}
