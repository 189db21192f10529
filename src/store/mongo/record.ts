import { monthOf, union } from "../../domain/months.ts";
import type { Gate } from "../../domain/plans.ts";
import type { EventStore, Outcome, StoredEvent, Unverified } from "../events.ts";
import type { Aliases } from "./aliases.ts";
import type { Applied, Apply, Effect } from "./apply.ts";
import type { Connection } from "./connection.ts";
import {
  type EventDocument,
  eventDocument,
  fieldOf,
  type KeyDocument,
  keyId,
  meaningOf,
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
  const store = createGate(connection, aliases, seats, storeAdmitted);

  async function record(events: readonly StoredEvent[], now: number): Promise<Outcome[]> {
    const firsts = firstsWithTheirKeys(events);
    const keyed = firsts.filter((index) => hasKey(events[index] as StoredEvent));
    const claimed = await keys.claim(
      keyed.map((index) => events[index] as KeyedEvent),
      now,
    );
    const keyOf = new Map(keyed.map((index, position) => [index, claimed[position] as KeyDocument]));

    // Events that are not the first of the batch with their key keep this outcome.
    const outcomes: Outcome[] = events.map(() => "replayed");
    const set = (indexes: readonly number[], results: readonly Outcome[]) => {
      for (const [position, index] of indexes.entries()) {
        outcomes[index] = results[position] as Outcome;
      }
    };
    const meant = (index: number): StoredEvent => {
      const event = events[index] as StoredEvent;
      const key = keyOf.get(index);
      const { unverified, gate } = event;
      return key === undefined
        ? event
        : { ...meaningOf(key), ...(unverified && { unverified }), ...(gate && { gate }) };
    };
    set(firsts, await store(firsts.map(meant), now));
    const moved = keyed.filter((index) => outcomes[index] === "moved");
    if (moved.length > 0) {
      const followed = await follow(
        moved.map((index) => ({ key: keyOf.get(index) as KeyDocument, outcome: "moved", gate: events[index]?.gate })),
        now,
      );
      for (const [position, index] of moved.entries()) {
        const { key, outcome } = followed[position] as Followed;
        keyOf.set(index, key);
        outcomes[index] = outcome;
      }
    }
    const refused = keyed.filter((index) => outcomes[index] === "full" || outcomes[index] === "unopened");
    // When the key already meant another event, this event is a replay, even if the other event was stored only now.
    for (const index of keyed.filter((index) => keyOf.get(index)?.id !== events[index]?.id)) {
      outcomes[index] = refused.includes(index) ? (outcomes[index] as Outcome) : "replayed";
    }
    if (refused.length === 0) {
      return outcomes;
    }
    await keys.release(refused.map((index) => keyOf.get(index) as KeyDocument));
    // The other events of the batch with such a key are refused like the first.
    const refusals = new Map(refused.map((index) => [idOfKey(events[index] as KeyedEvent), outcomes[index]]));
    return events.map(
      (event, index) => (hasKey(event) && refusals.get(idOfKey(event))) || (outcomes[index] as Outcome),
    );
  }

  /**
   * Stores the events of keys whose users have become aliases. Each claims its key for the user of today, and the event
   * that this key means is stored. Others may rely on the keys, so this can't wait for a retry.
   */
  async function follow(found: readonly Followed[], now: number): Promise<readonly Followed[]> {
    let followed = found;
    return await retry(async () => {
      const left = followed.filter(({ outcome }) => outcome === "moved");
      const users = await Promise.all(left.map(({ key: { p, u } }) => aliases.userOf(p, u)));
      const taken = await keys.claimFor(
        users,
        left.map(({ key }) => key),
      );
      const gates = left.map(({ gate }) => gate);
      const results = await store(
        taken.map((key, index) => ({ ...meaningOf(key), ...(gates[index] && { gate: gates[index] }) })),
        now,
      );
      const next = taken
        .map((key, index): Followed => ({ key, outcome: results[index] as Outcome, gate: gates[index] }))
        .values();
      followed = followed.map((one) => (one.outcome === "moved" ? (next.next().value as Followed) : one));
      return followed.every(({ outcome }) => outcome !== "moved") ? followed : undefined;
    });
  }

  async function storeAdmitted(events: readonly StoredEvent[]): Promise<Outcome[]> {
    const { effects, placeOf } = effectsOf(events);
    const applied = effects.length === 0 ? [] : await apply(effects);
    return placeOf.map(({ effect, position }) => {
      const { isAlias, inserted } = applied[effect] as Applied;
      if (isAlias) {
        return "moved";
      }
      return position !== undefined && inserted[position] ? "stored" : "repeat";
    });
  }

  return (events, now) => connection.run(() => record(events, now));
}

/** A key of the user of today, and the outcome of the event that it means. */
interface Followed {
  readonly key: KeyDocument;
  readonly outcome: Outcome;
  readonly gate: Gate | undefined;
}

function hasKey(event: StoredEvent): event is KeyedEvent {
  return event.idempotencyKey !== undefined;
}

function idOfKey({ projectId, userHash, idempotencyKey }: KeyedEvent): string {
  return keyId(projectId, userHash, idempotencyKey);
}

/** Returns the positions of the events that have no idempotency key, or are the first of the batch with theirs. */
function firstsWithTheirKeys(events: readonly StoredEvent[]): number[] {
  const known = new Set<string>();
  return [...events.keys()].filter((index) => {
    const event = events[index] as StoredEvent;
    if (!hasKey(event)) {
      return true;
    }
    const id = idOfKey(event);
    const isFirst = !known.has(id);
    known.add(id);
    return isFirst;
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

/** Where an event is among the effects. Without a position it repeats an earlier event of its batch. */
interface Place {
  readonly effect: number;
  readonly position: number | undefined;
}

/** Returns the effects of events, one a user, and where each event is among them. */
function effectsOf(events: readonly StoredEvent[]): { effects: readonly Effect[]; placeOf: readonly Place[] } {
  const effects: MutableEffect[] = [];
  const effectOf = new Map<string, number>();
  const known = new Set<string>();
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
      return { effect: index, position: undefined };
    }
    known.add(document._id);
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
