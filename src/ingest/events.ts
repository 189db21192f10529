import type { ActionVersions } from "../domain/actions.ts";
import type { DayStarts } from "../domain/day-start.ts";
import type { StoredEvent } from "../store/events.ts";
import type { Work } from "./stage.ts";

/** An event that passed every check, for a known project and widget. Its user and its day are not resolved yet. */
export interface AcceptedEvent extends Omit<StoredEvent, "id" | keyof EventDate | "userHome" | "unverified"> {
  /** The zone that decides the day when neither the event nor an earlier event of the user names one. */
  readonly projectZone: string;
  /** When the days of its widget begin, and how long their grace is. Set only where that is not midnight, without grace. */
  readonly dayStarts?: DayStarts;
  /** Set where the event may be an action that counts: never of an analytics event. */
  readonly countedAction?: CountedAction;
}

/** What tells whether an event is an action that counts, and which action it is. */
export interface CountedAction {
  readonly versions: ActionVersions;
  /**
   * Which action of its day the event is, by its idempotency key or its `ts`. Undefined where it has neither: then it
   * is a new action, whose id begins with `own:`. No other id begins so.
   */
  readonly id: string | undefined;
}

/** The day of an event, with what has decided it. */
export type EventDate = Pick<StoredEvent, "day" | "late" | "dayZone">;

/** An accepted event whose caller waits for the answer. */
export interface PendingEvent extends Work {
  readonly event: AcceptedEvent;
  /** Made once, so that a batch that is retried stores nothing twice. */
  readonly id: string;
  /** Where its call stands in a trace, for a `BatchTracer`. */
  readonly trace: unknown;
  /** The event's day, once it is fixed. It is computed again only if it came from an unverified user that was wrong. */
  date?: EventDate;
  /** Whether the store's outcome was `moved` or `refuted`, so that the event's user is looked up next time. */
  hasMoved?: boolean;
  /**
   * The server's time when the event was first given to the store, in epoch milliseconds. A retry may find the
   * idempotency key that the first try claimed.
   */
  firstTriedAt?: number;
}

/** An event with its user and its day, ready for the store. The user may be unverified; the store verifies it then. */
export interface ResolvedEvent extends Work {
  readonly pending: PendingEvent;
  readonly stored: StoredEvent;
  /** The zone that decides the event's day. */
  readonly zone: string;
  /**
   * What the dedupe cache knows the event and its repeats by; `undefined` for events that have no repeats, or whose kind
   * of day only the store can tell, and for days of a user whose events were redated.
   */
  readonly dedupeKey: string | undefined;
}
