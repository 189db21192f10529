import { monthOf, union } from "../../domain/months.ts";
import type { Gate } from "../../domain/plans.ts";
import type { EventStore, Outcome, StoredEvent, Unverified } from "../events.ts";
import type { Aliases } from "./aliases.ts";
import type { Applied, Apply, Effect } from "./apply.ts";
import type { Connection } from "./connection.ts";
import {
  type EventDocument,
  eventDocument,
  eventId,
  fieldOf,
  type KeyDocument,
  keyId,
  meaningOf,
  repeatDocument,
  streakId,
  type ZoneField,
  zoneField,
} from "./documents.ts";
import { createGate } from "./gate.ts";
import type { IdempotencyKeys, KeyedEvent } from "./idempotency-keys.ts";
import { retry } from "./retry.ts";
import type { Seats } from "./seats.ts";

/**
 * A user without a document when looked up. Recording then tries an insert first; if that is refused, an update
 * follows.
 */
export const NOT_FOUND = "not found" as Unverified;

/** Recording: a round trip or two for a whole batch, and one before them when it has idempotency keys. */
export function createRecord(
  connection: Connection,
  aliases: Aliases,
  keys: IdempotencyKeys,
  seats: Seats,
  apply: Apply,
): EventStore["record"] {
  const gate = createGate(connection, aliases, seats);

  async function record(events: readonly StoredEvent[], now: number): Promise<Outcome[]> {
    const firstOf = firstsWithTheirKeys(events);
    const firsts = events.filter((_, index) => firstOf[index] === index);
    const recorded = (await recordFirsts(firsts, now)).values();
    const outcomes: Outcome[] = [];
    for (const [index, first] of firstOf.entries()) {
      const isFirst = first === index;
      outcomes.push(isFirst ? (recorded.next().value as Outcome) : repeated(outcomes[first] as Outcome));
    }
    return outcomes;
  }

  /** Records events of which no two share a user's key. */
  async function recordFirsts(events: readonly StoredEvent[], now: number): Promise<Outcome[]> {
    const gatedKeyed = events.filter(hasKey).filter((event) => event.gate !== undefined);
    // Keys are read before seats are taken, because a replay needs none. They are claimed after, because whoever finds
    // a key relies on its event: so none may belong to an event that is refused.
    const found = gatedKeyed.length === 0 ? NO_KEYS : await keys.find(gatedKeyed, now);
    const meant = events.map((event) => meantBy(event, keyIn(found, event)));
    return await unlessRefused(meant, now, (admitted) =>
      recordAdmitted(
        admitted.map((index) => events[index] as StoredEvent),
        found,
        now,
      ),
    );
  }

  async function recordAdmitted(events: readonly StoredEvent[], found: Keys, now: number): Promise<Outcome[]> {
    const claimed = await keys.claim(
      events.filter(hasKey).filter((event) => keyIn(found, event) === undefined),
      now,
    );
    const known: Keys = new Map([...found, ...claimed.map((key) => [key._id, key] as const)]);
    const outcomes = await store(events.map((event) => meantBy(event, keyIn(known, event))));
    const first = events.map((event, index): Recorded => {
      return { key: keyIn(known, event), outcome: outcomes[index] as Outcome, gate: event.gate };
    });
    const followed = first.some(hasToFollow) ? await follow(first, now) : first;
    // The event of a key that was found may have been done only now. It is no news of the event that found the key.
    return followed.map(({ key, outcome }, index) =>
      key === undefined || key.id === events[index]?.id ? outcome : repeated(outcome),
    );
  }

  /**
   * Stores the events of keys whose users have become aliases. Each claims its key for the user of today, and the event
   * that this key means is stored. Others may rely on the keys, so this can't wait for a retry.
   */
  async function follow(recorded: readonly Recorded[], now: number): Promise<readonly Recorded[]> {
    let followed = recorded;
    return await retry(async () => {
      const left = followed.filter(hasToFollow);
      const users = await Promise.all(left.map(({ key: { p, u } }) => aliases.userOf(p, u)));
      const taken = await keys.claimFor(
        users,
        left.map(({ key }) => key),
      );
      const gates = left.map(({ gate }) => gate);
      const events = taken.map((key, index) => ({ ...meaningOf(key), ...(gates[index] && { gate: gates[index] }) }));
      const outcomes = await unlessRefused(events, now, (admitted) =>
        store(admitted.map((index) => events[index] as StoredEvent)),
      );
      const next = taken
        .map((key, index): Recorded => ({ key, outcome: outcomes[index] as Outcome, gate: gates[index] }))
        .values();
      followed = followed.map((one) => (hasToFollow(one) ? (next.next().value as Recorded) : one));
      return followed.some(hasToFollow) ? undefined : followed;
    });
  }

  /**
   * Has those events recorded whose users get the seats that they need. Returns the outcomes of all.
   *
   * @param recordAll records the events at these positions
   */
  async function unlessRefused(
    events: readonly StoredEvent[],
    now: number,
    recordAll: (admitted: readonly number[]) => Promise<Outcome[]>,
  ): Promise<Outcome[]> {
    if (!events.some((event) => event.gate !== undefined)) {
      return await recordAll([...events.keys()]);
    }
    const refusals = await gate.admit(events, now);
    const recorded = (await recordAll([...events.keys()].filter((index) => refusals[index] === undefined))).values();
    return refusals.map((refusal) => refusal ?? (recorded.next().value as Outcome));
  }

  /** Stores events whose users have seats, and passes on the seats of those users who have become aliases. */
  async function store(events: readonly StoredEvent[]): Promise<Outcome[]> {
    const outcomes = await storeAdmitted(events);
    await gate.passSeats(events.filter((event, index) => event.gate !== undefined && outcomes[index] === "moved"));
    return outcomes;
  }

  async function storeAdmitted(events: readonly StoredEvent[]): Promise<Outcome[]> {
    const firsts = await findFirsts(events.filter(({ keepRepeat }) => keepRepeat));
    const { effects, placeOf } = effectsOf(events, firsts);
    const applied = effects.length === 0 ? [] : await apply(effects);
    const outcomes = placeOf.map(({ effect, position }): Outcome => {
      const { isAlias, inserted } = applied[effect] as Applied;
      if (isAlias) {
        return "moved";
      }
      return position !== undefined && inserted[position] ? "stored" : "repeat";
    });
    // Another batch has done these days in this moment.
    const late = [...events.keys()].filter(
      (index) => events[index]?.keepRepeat && placeOf[index]?.position !== undefined && outcomes[index] === "repeat",
    );
    if (late.length > 0) {
      const kept = await storeAdmitted(late.map((index) => events[index] as StoredEvent));
      for (const [position, index] of late.entries()) {
        outcomes[index] = kept[position] as Outcome;
      }
    }
    return outcomes;
  }

  /** Returns the events that were stored first on the days of these events. */
  async function findFirsts(events: readonly StoredEvent[]): Promise<Firsts> {
    if (events.length === 0) {
      return NO_FIRSTS;
    }
    const found = await connection.events
      .find({ _id: { $in: events.map(checkInId) } }, { projection: { id: 1 }, batchSize: events.length + 1 })
      // The first event may not have reached the majority yet.
      .withReadConcern({ level: "local" })
      .toArray();
    return new Map(found.map(({ _id, id }) => [_id, id]));
  }

  return (events, now) => connection.run(() => record(events, now));
}

/** What keys mean, by their `_id`. */
type Keys = ReadonlyMap<string, KeyDocument>;

const NO_KEYS: Keys = new Map();

/** The `id` of the first event of a day, by the `_id` of its document; undefined where no `id` was stored. */
type Firsts = ReadonlyMap<string, string | undefined>;

const NO_FIRSTS: Firsts = new Map();

/** Returns the `_id` of the first event of a streak interaction's day. */
function checkInId({ projectId, userHash, event, day }: StoredEvent): string {
  return eventId({ p: projectId, u: userHash, event, day });
}

/** What became of an event; with a key, of the event that the key means for the user of today. */
interface Recorded {
  readonly key: KeyDocument | undefined;
  readonly outcome: Outcome;
  readonly gate: Gate | undefined;
}

function hasToFollow(recorded: Recorded): recorded is Recorded & { readonly key: KeyDocument } {
  return recorded.key !== undefined && recorded.outcome === "moved";
}

function hasKey(event: StoredEvent): event is KeyedEvent {
  return event.idempotencyKey !== undefined;
}

function idOfKey({ projectId, userHash, idempotencyKey }: KeyedEvent): string {
  return keyId(projectId, userHash, idempotencyKey);
}

function keyIn(keys: Keys, event: StoredEvent): KeyDocument | undefined {
  return hasKey(event) ? keys.get(idOfKey(event)) : undefined;
}

/** Returns what is to be done for an event: what its key means, if it has one. */
function meantBy(event: StoredEvent, key: KeyDocument | undefined): StoredEvent {
  const { unverified, gate } = event;
  return key === undefined ? event : { ...meaningOf(key), ...(unverified && { unverified }), ...(gate && { gate }) };
}

/** Returns the outcome of an event that another one with its key stands for. */
function repeated(outcome: Outcome): Outcome {
  return outcome === "stored" || outcome === "repeat" ? "replayed" : outcome;
}

/** Returns for each event the position of the first of the batch with its idempotency key; without one, its own. */
function firstsWithTheirKeys(events: readonly StoredEvent[]): number[] {
  const known = new Map<string, number>();
  return events.map((event, index) => {
    if (!hasKey(event)) {
      return index;
    }
    const id = idOfKey(event);
    const first = known.get(id) ?? index;
    known.set(id, first);
    return first;
  });
}

interface MutableEffect {
  readonly projectId: string;
  readonly userHash: string;
  readonly days: Record<string, Effect["days"][string]>;
  zone?: ZoneField;
  isNew?: boolean;
  readonly events: EventDocument[];
}

/** Where an event is among the effects. Without a position it repeats an earlier event, of its batch or before. */
interface Place {
  readonly effect: number;
  readonly position: number | undefined;
}

/**
 * Returns the effects of events, one a user, and where each event is among them.
 *
 * @param firsts those of the events that are to be kept if they are repeats, as far as they are stored
 */
function effectsOf(
  events: readonly StoredEvent[],
  firsts: Firsts,
): { effects: readonly Effect[]; placeOf: readonly Place[] } {
  const effects: MutableEffect[] = [];
  const effectOf = new Map<string, number>();
  const known = new Map<string, string | undefined>(firsts);
  const placeOf = events.map((event): Place => {
    const { projectId, userHash } = event;
    const id = streakId(projectId, userHash);
    const index = effectOf.get(id) ?? effects.push({ projectId, userHash, days: {}, events: [] }) - 1;
    effectOf.set(id, index);
    const effect = effects[index] as MutableEffect;
    effect.isNew ||= event.unverified === NOT_FOUND;
    if (event.type === "streak_interaction") {
      checkIn(effect, event);
    }
    const document = eventDocument(event);
    if (known.has(document._id)) {
      if (event.keepRepeat && known.get(document._id) !== event.id) {
        effect.events.push(repeatDocument(event));
      }
      return { effect: index, position: undefined };
    }
    known.set(document._id, event.id);
    return { effect: index, position: effect.events.push(document) - 1 };
  });
  return { effects, placeOf };
}

function checkIn(effect: MutableEffect, { event, day, at, tz }: StoredEvent): void {
  const field = fieldOf(event);
  const { month, bit } = monthOf(day);
  effect.days[field] = union(effect.days[field] ?? {}, { [month]: bit });
  if (tz !== undefined) {
    const zone = zoneField({ name: tz, at });
    effect.zone = effect.zone === undefined ? zone : laterOf(effect.zone, zone);
  }
}

/** Returns the zone that wins, as `$max` decides it. */
function laterOf(one: ZoneField, other: ZoneField): ZoneField {
  const difference = one.at.getTime() - other.at.getTime();
  return difference > 0 || (difference === 0 && one.tz >= other.tz) ? one : other;
}
