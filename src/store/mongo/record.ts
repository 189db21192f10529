import { monthOf, union } from "../../streak/months.ts";
import type { Outcome, StoredEvent, StreakStore } from "../streak-store.ts";
import type { Aliases } from "./aliases.ts";
import type { Applied, Apply, Effect } from "./apply.ts";
import type { Connection } from "./connection.ts";
import {
  type EventDocument,
  eventDocument,
  fieldOf,
  type IntentDocument,
  intentId,
  meaningOf,
  streakId,
  type ZoneField,
} from "./documents.ts";
import type { Claim, IdempotencyKeys, KeyedEvent } from "./idempotency-keys.ts";

/** Recording: a round trip for a whole batch, and one before it for the idempotency keys if it has any. */
export function createRecording(
  connection: Connection,
  aliases: Aliases,
  keys: IdempotencyKeys,
  apply: Apply,
): Pick<StreakStore, "record"> {
  async function record(events: readonly StoredEvent[], now: number): Promise<Outcome[]> {
    const firstOf = firstWithSameKey(events);
    const isFirst = (index: number) => firstOf[index] === index;
    const claims = await claim(events, isFirst, now);
    const applied = [...events.keys()].filter(isFirst);
    const results = await store(applied.map((index) => meant(events[index] as StoredEvent, claims[index])));

    const outcomes: Outcome[] = events.map(() => "repeat");
    const left: IntentDocument[] = [];
    for (const [position, index] of applied.entries()) {
      const claim = claims[index];
      const result = results[position] as Outcome;
      if (result === "moved" && claim !== undefined && !(claim.own && (await keys.release(claim.intent)))) {
        left.push(claim.intent);
      } else {
        // Of those that share a key it is the one whose write came first, which need not be the one that claimed it.
        outcomes[index] = result;
      }
    }
    await follow(left);
    // The key of one that has moved is free again, so those with the same key have to be tried again with it.
    return outcomes.map((outcome, index) => (outcomes[firstOf[index] as number] === "moved" ? "moved" : outcome));
  }

  /** The claims of those events that have a key and are the batch's first with it, by position. */
  async function claim(
    events: readonly StoredEvent[],
    isFirst: (index: number) => boolean,
    now: number,
  ): Promise<(Claim | undefined)[]> {
    const claimed = await keys.claim(events.filter((_, index) => isFirst(index)).filter(hasKey), now);
    let next = 0;
    return events.map((event, index) => (isFirst(index) && hasKey(event) ? claimed[next++] : undefined));
  }

  /** Does what keys mean whose users have become aliases: others rely on it, so it can't be left to a next try. */
  async function follow(intents: readonly IntentDocument[]): Promise<void> {
    let left = intents;
    while (left.length > 0) {
      const repointed = await Promise.all(
        left.map(async (intent) => keys.repoint(intent, await aliases.userOf(intent.p, intent.u))),
      );
      const results = await store(repointed.map(meaningOf));
      left = repointed.filter((_, index) => results[index] === "moved");
    }
  }

  async function store(events: readonly StoredEvent[]): Promise<Outcome[]> {
    const { effects, placeOf } = effectsOf(events);
    const applied = effects.length === 0 ? [] : await apply(effects);
    return placeOf.map(({ effect, position }) => {
      const { moved, inserted } = applied[effect] as Applied;
      if (moved) {
        return "moved";
      }
      return position !== undefined && inserted[position] ? "stored" : "repeat";
    });
  }

  return { record: (events, now) => connection.run(() => record(events, now)) };
}

function hasKey(event: StoredEvent): event is KeyedEvent {
  return event.idempotencyKey !== undefined;
}

/** For each event the position of the batch's first with its idempotency key; its own when it has none. */
function firstWithSameKey(events: readonly StoredEvent[]): number[] {
  const positions = new Map<string, number>();
  return events.map((event, index) => {
    if (!hasKey(event)) {
      return index;
    }
    const id = intentId(event.projectId, event.idempotencyKey);
    const first = positions.get(id) ?? index;
    positions.set(id, first);
    return first;
  });
}

/** What to apply for an event: itself, unless its key means another. */
function meant(event: StoredEvent, claim: Claim | undefined): StoredEvent {
  return claim === undefined || claim.own ? event : meaningOf(claim.intent);
}

interface MutableEffect {
  readonly projectId: string;
  readonly userHash: string;
  readonly days: Record<string, Effect["days"][string]>;
  zone?: ZoneField;
  readonly events: EventDocument[];
}

/** Where an event is found among the effects; without a position it repeats an earlier event of its batch. */
interface Place {
  readonly effect: number;
  readonly position: number | undefined;
}

/** What events come to, user by user, and where each of them is found there. */
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
    const zone = { at: new Date(at), tz };
    effect.zone = effect.zone === undefined ? zone : later(effect.zone, zone);
  }
}

/** Of two zones the one that holds, as `$max` decides it. */
function later(one: ZoneField, other: ZoneField): ZoneField {
  const difference = one.at.getTime() - other.at.getTime();
  return difference > 0 || (difference === 0 && one.tz >= other.tz) ? one : other;
}
