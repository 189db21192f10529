import type { Day } from "../domain/day.ts";
import type { Dated } from "../domain/redating.ts";
import type { UserKey, UserZone } from "./streaks.ts";

/** Reads which events of a user a zone has dated, and corrects it. */
export interface ZoneStore {
  /**
   * Returns the kept streak interactions of a user that were dated in a zone: the first events of days, repeats and
   * actions, in any order. Follows aliases. An event counts as dated in the user's home zone if the store does not know
   * its zone: a repeat that named none, and an event that came before the user had a zone.
   *
   * @returns `undefined` for an unknown name, as `readUser` does; at most {@link MAX_DATED} events and one more
   */
  readDated(user: UserKey, range: DatedRange): Promise<DatedUser | undefined>;
  /**
   * Redates events: gives them other days and another zone, as if they had named it. The home zone stays.
   *
   * - A first event that comes to a day that has a first event of its kind is removed, as when users are linked.
   *   Repeats and actions stay.
   * - A day that no event is left for is not done any more.
   * - A day that a repeat or an action comes to is done. If the day has no first event of that kind, the repeat becomes
   *   the first event; an action stays, and a first event is made of it.
   *
   * From then on, the dedupe cache must not be asked about the user by day: see `ResolvedUser.isRedated`.
   *
   * The same call again changes nothing: an event is redated only if it has the day, the zone and the time that it had
   * when it was read. Events that come meanwhile keep their days. If they are left on a day whose first event has gone,
   * they do the day. Nothing changes for a user who has had no zone.
   *
   * @param user by the user's own name
   * @returns false, with nothing changed, when the user has become an alias
   */
  redate(user: UserKey, correction: Redating): Promise<boolean>;
}

/** Which events to read. */
export interface DatedRange {
  /** The IANA name of the zone. Its other names mean the same zone. */
  readonly zone: string;
  /** The first day; undefined for all from the beginning. */
  readonly from: Day | undefined;
  /** The last day; undefined for all up to the end. */
  readonly to: Day | undefined;
}

/** A user, and the events of a range that were dated in a zone. */
export interface DatedUser {
  /** The user's own name. */
  readonly userHash: string;
  readonly events: readonly DatedEvent[];
  /**
   * Set where an earlier correction of the user may have been cut short, so that `redate` has something to do although
   * no event is left.
   */
  readonly isUnfinished?: true;
}

/** A kept streak interaction. `late` is set only for first events. */
export interface DatedEvent extends Dated {
  readonly event: string;
  /** What the event is kept as: the first of its day, a repeat, or an action. */
  readonly keptAs: "first" | "repeat" | "action";
  /** Tells a repeat or an action from others of its event and day; absent for the first event of a day. */
  readonly id?: string;
}

/** The new days and the right zone for events that were dated in a wrong zone. */
export interface Redating {
  /** The IANA names of the zones, which are not two names of one zone. */
  readonly wrongZone: string;
  readonly rightZone: string;
  /**
   * In the order in which they are redated: first events, then repeats, then actions, each in the order of their times.
   * If several first events come to the same day, the one that is redated first stays.
   */
  readonly events: readonly RedatedEvent[];
  /**
   * Whether the user's zone is corrected, too: if it is the wrong one when the events are redated, the right one takes
   * its place, see {@link correctedZone}.
   */
  readonly isZoneCorrected: boolean;
}

/**
 * An event with its day in the right zone, which may be the same, and its time, which differs only for a date alone.
 */
export interface RedatedEvent extends Dated {
  readonly event: DatedEvent;
}

/**
 * Returns the user's zone with the right name instead of the wrong one, and a millisecond later. With the same time, a
 * repeat of the event that has named the wrong zone would set the wrong zone again, if its name is the greater one.
 */
export function correctedZone({ at }: UserZone, rightZone: string): UserZone {
  return { name: rightZone, at: at + 1 };
}

/** The values of `keptAs`, in the order in which events are redated. */
const KEPT_AS: readonly DatedEvent["keptAs"][] = ["first", "repeat", "action"];

/** Returns events in the order in which {@link ZoneStore.redate} redates them. */
export function inRedatingOrder(events: readonly RedatedEvent[]): RedatedEvent[] {
  const place = ({ event }: RedatedEvent) => KEPT_AS.indexOf(event.keptAs);
  return events.toSorted((a, b) => place(a) - place(b) || a.event.at - b.event.at);
}

/**
 * How many events are redated at once, at most. On the embedded store they are one transaction, in which all other
 * requests wait: one or two seconds for as many events.
 */
export const MAX_DATED = 20_000;
