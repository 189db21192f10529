import { monthOf, union } from "../../domain/months.ts";
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
  zoneField,
} from "./documents.ts";
import type { Claim, IdempotencyKeys, KeyedEvent } from "./idempotency-keys.ts";
import { untilDone } from "./retry.ts";

/** Recording: a round trip or two for a whole batch, and one before it for the idempotency keys if it has any. */
export function createRecording(
  connection: Connection,
  aliases: Aliases,
  keys: IdempotencyKeys,
  apply: Apply,
): Pick<StreakStore, "record"> {
  async function record(events: readonly StoredEvent[], now: number): Promise<Outcome[]> {
    const firsts = firstsWithTheirKeys(events);
    const keyed = firsts.filter((index) => hasKey(events[index] as StoredEvent));
    const claims = await keys.claim(
      keyed.map((index) => events[index] as KeyedEvent),
      now,
    );
    const claimOf = new Map(keyed.map((index, position) => [index, claims[position] as Claim]));

    const outcomes: Outcome[] = events.map(() => "repeat");
    const set = (indexes: readonly number[], results: readonly Outcome[]) => {
      for (const [position, index] of indexes.entries()) {
        outcomes[index] = results[position] as Outcome;
      }
    };
    const meant = (index: number) => {
      const event = events[index] as StoredEvent;
      const claim = claimOf.get(index);
      return claim === undefined ? event : { ...meaningOf(claim.intent), ...(event.isNew && { isNew: true }) };
    };
    set(firsts, await store(firsts.map(meant)));
    const moved = keyed.filter((index) => outcomes[index] === "moved");
    set(moved, await follow(moved.map((index) => (claimOf.get(index) as Claim).intent)));
    // What a key that was found means may have been done only now; it is no first use of it for all that.
    const found = keyed.filter((index) => !claimOf.get(index)?.own);
    for (const index of found) {
      outcomes[index] = "repeat";
    }
    return outcomes;
  }

  /** Does what keys mean whose users have become aliases: others may rely on it, so it can't be left to a next try. */
  async function follow(intents: readonly IntentDocument[]): Promise<Outcome[]> {
    const outcomes = new Map<string, Outcome>();
    let left = intents;
    return await untilDone(async () => {
      const repointed = await Promise.all(
        left.map(async (intent) => keys.repoint(intent, await aliases.userOf(intent.p, intent.u))),
      );
      const results = await store(repointed.map(meaningOf));
      for (const [position, { _id }] of repointed.entries()) {
        outcomes.set(_id, results[position] as Outcome);
      }
      left = repointed.filter(({ _id }) => outcomes.get(_id) === "moved");
      return left.length === 0 ? intents.map(({ _id }) => outcomes.get(_id) as Outcome) : undefined;
    });
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

/** The positions of the events that have no idempotency key, or are the batch's first with it. */
function firstsWithTheirKeys(events: readonly StoredEvent[]): number[] {
  const known = new Set<string>();
  return [...events.keys()].filter((index) => {
    const event = events[index] as StoredEvent;
    if (!hasKey(event)) {
      return true;
    }
    const id = intentId(event.projectId, event.idempotencyKey);
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
    effect.isNew ||= event.isNew ?? false;
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
    effect.zone = effect.zone === undefined ? zone : later(effect.zone, zone);
  }
}

/** Of two zones the one that holds, as `$max` decides it. */
function later(one: ZoneField, other: ZoneField): ZoneField {
  const difference = one.at.getTime() - other.at.getTime();
  return difference > 0 || (difference === 0 && one.tz >= other.tz) ? one : other;
}
