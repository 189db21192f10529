import { type Months, monthOf, union } from "../../domain/months.ts";
import { isAbroad, type KindLabel, labelOf, ORDINARY } from "../day-kinds.ts";
import type { StoredEvent, Unverified } from "../events.ts";
import type { UserKey } from "../streaks.ts";
import type { Effect } from "./attempt.ts";
import { checkInId, streakId } from "./document-ids.ts";
import {
  actionDocument,
  type EventDocument,
  eventDocument,
  fieldOf,
  repeatDocument,
  type ZoneField,
  zoneField,
} from "./documents.ts";
import { staleSums } from "./stale-sums.ts";

/**
 * A user without a document when looked up. Recording then tries an insert first; if that is refused, an update
 * follows.
 */
export const NOT_FOUND = "not found" as Unverified;

/**
 * The `id` of a first event of a day, or of an action, by the `_id` of its document; undefined where no `id` was
 * stored.
 */
export type Firsts = ReadonlyMap<string, string | undefined>;

/** The events of one user in a batch. */
export interface UserEvents extends UserKey {
  readonly events: readonly StoredEvent[];
  /** Where they are in their batch. */
  readonly indexes: readonly number[];
  /** The user's home zone; undefined while the user has had no zone, as far as is known. */
  readonly home: string | undefined;
  /** What the home zone becomes if the user has had no zone: the first one that the events name. */
  readonly firstZone: string | undefined;
}

/**
 * Where an event is among the events of its effect: as the first of its day or for analytics, and as an action.
 * `refuted` means that the event is not in the effect: the user was unverified, and has another home zone.
 */
export type Place = Position | ActionPlace | "refuted";

/** A position among the documents of an effect; undefined for a repeat of an earlier event, of its batch or before. */
export type Position = number | undefined;

/** Where an event is that is an action: as the first of its day, and as an action. */
export interface ActionPlace {
  readonly first: Position;
  readonly action: Position;
}

/** The effect of the events of a user, and where each event is in it. */
export interface Plan {
  readonly effect: Effect;
  readonly places: readonly Place[];
}

/**
 * Returns the events of a batch, user by user.
 *
 * @param homes the home zones of users as far as these are known, by the `_id` of their documents
 */
export function byUser(events: readonly StoredEvent[], homes: ReadonlyMap<string, string>): UserEvents[] {
  const indexes = Map.groupBy(events.keys(), (index) => userIdOf(events[index] as StoredEvent));
  return Array.from(indexes, ([id, own]): UserEvents => {
    const some = own.map((index) => events[index] as StoredEvent);
    const { projectId, userHash } = some[0] as StoredEvent;
    const firstZone = some.find((event) => namesDay(event) && event.tz !== undefined)?.dayZone;
    return { projectId, userHash, events: some, indexes: own, home: homes.get(id), firstZone };
  });
}

/** Returns the `_id` of the document of an event's user. */
export function userIdOf({ projectId, userHash }: UserKey): string {
  return streakId(projectId, userHash);
}

/** Whether events of a user were redated, as far as is known. */
export function isRedatedUser({ events }: UserEvents): boolean {
  return events.some(({ isRedated }) => isRedated);
}

/** Whether a user's home zone decides what kind of day an event does. */
export function namesDay({ type, dayZone }: StoredEvent): boolean {
  return type === "streak_interaction" && dayZone !== undefined;
}

/** Returns the `_id` of the first event of a streak interaction's day and kind, and the `_id` of its action. */
export function firstIds(event: StoredEvent, home: string | undefined): string[] {
  const first = checkInId(event.projectId, event.userHash, event.event, event.day, labelOf(event, home));
  return isActionEvent(event) ? [actionDocument(event)._id, first] : [first];
}

function isActionEvent(event: StoredEvent): event is StoredEvent & { readonly action: string } {
  return event.action !== undefined;
}

/**
 * Returns the effect of the events of a user.
 *
 * @param home the user's home zone, known or assumed
 * @param firsts those of the events that are to be kept if they are repeats, as far as they are stored
 */
export function planOf(user: UserEvents, firsts: Firsts, home = user.home ?? user.firstZone): Plan {
  const { projectId, userHash } = user;
  const isRefuted = (event: StoredEvent) => event.unverified !== undefined && namesDay(event) && isAbroad(event, home);
  const kept = new KeptEvents(firsts);
  const places = user.events.map((event): Place => {
    if (isRefuted(event)) {
      return "refuted";
    }
    // The action comes before the first event, so that whoever finds the first event finds the action, too.
    const action = isActionEvent(event) ? actionDocument(event) : undefined;
    const positionOfAction = action && kept.add(action, event);
    const document = eventDocument(event, home);
    const first = kept.add(document, event);
    if (event.keepRepeat && kept.isOfAnother(document, event) && !(action && kept.isOfAnother(action, event))) {
      kept.documents.push(repeatDocument(event));
    }
    return action === undefined ? first : { first, action: positionOfAction };
  });
  const checkIns = user.events.filter((event) => event.type === "streak_interaction" && !isRefuted(event));
  const isUnsettled = checkIns.some((event) => namesDay(event) && event.userHome === undefined);
  const isNew = user.events.some(({ unverified }) => unverified === NOT_FOUND);
  const isAssumed = user.home === undefined && user.firstZone !== undefined && home === user.firstZone;
  const effect: Effect = {
    ...{ projectId, userHash, ...unionOf(checkIns, home), events: kept.documents },
    ...{ ...(isNew && { isNew }), ...(isUnsettled && { isUnsettled }) },
    ...(isRedatedUser(user) && { isRedated: true }),
    ...(isAssumed && { assumedHome: { zone: home as string, under: (other) => planOf(user, firsts, other).effect } }),
  };
  return { effect, places };
}

/** The documents of the events of an effect. */
class KeptEvents {
  readonly documents: EventDocument[] = [];
  readonly #firsts: Firsts;
  /** The `id` of the event of each document, by the `_id` of the document. */
  readonly #own = new Map<string, string>();

  constructor(firsts: Firsts) {
    this.#firsts = firsts;
  }

  /** Adds a document of an event unless it is kept already. */
  add(document: EventDocument, { id }: StoredEvent): Position {
    const { _id } = document;
    if (this.#own.has(_id) || this.#firsts.has(_id)) {
      return undefined;
    }
    this.#own.set(_id, id);
    return this.documents.push(document) - 1;
  }

  /** Whether a document that was added was kept already, and of another event. */
  isOfAnother({ _id }: EventDocument, { id }: StoredEvent): boolean {
    return (this.#own.get(_id) ?? this.#firsts.get(_id)) !== id;
  }
}

/** Returns what streak interactions add to the document of their user. */
function unionOf(events: readonly StoredEvent[], home: string | undefined) {
  const days: Record<string, Months> = {};
  const others: Record<string, Record<KindLabel, Months>> = {};
  let zone: ZoneField | undefined;
  for (const event of events) {
    const field = fieldOf(event.event);
    const label = labelOf(event, home);
    const { month, bit } = monthOf(event.day);
    if (label === ORDINARY) {
      days[field] = union(days[field] ?? {}, { [month]: bit });
    } else {
      others[field] = { ...others[field], [label]: union(others[field]?.[label] ?? {}, { [month]: bit }) };
    }
    if (event.tz !== undefined) {
      const named = zoneField({ name: event.tz, at: event.at });
      zone = zone === undefined ? named : laterOf(zone, named);
    }
  }
  return {
    ...{ days, ...(Object.keys(others).length > 0 && { others }), ...(zone && { zone }) },
    stale: staleSums(events),
    // The zone may become another one now.
    ...(events.some((event) => isAbroad(event, home)) && { home }),
  };
}

/** Returns the zone that wins, as `$max` decides it. */
function laterOf(one: ZoneField, other: ZoneField): ZoneField {
  const difference = one.at.getTime() - other.at.getTime();
  return difference > 0 || (difference === 0 && one.tz >= other.tz) ? one : other;
}
