import type { Gate } from "../../domain/plans.ts";
import type { EventStore, Outcome, StoredEvent } from "../events.ts";
import type { Aliases } from "./aliases.ts";
import type { Applied, Apply } from "./apply.ts";
import type { Connection } from "./connection.ts";
import { keyId, streakId } from "./document-ids.ts";
import { anyOf, type KeyDocument, meaningOf } from "./documents.ts";
import {
  byUser,
  type Firsts,
  firstIds,
  isRedatedUser,
  namesDay,
  type Place,
  type Plan,
  planOf,
  type UserEvents,
  userIdOf,
} from "./effects.ts";
import { createGate } from "./gate.ts";
import type { IdempotencyKeys, KeyedEvent } from "./idempotency-keys.ts";
import { retry } from "./retry.ts";
import type { Seats } from "./seats.ts";
import { homeIn, isRedatedIn, ZONES } from "./streak-documents.ts";

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
   * Stores the events of keys whose users have become aliases, or were unverified and have another home zone than it
   * seemed. Each claims its key for the user of today, and the event that this key means is stored. Others may rely on the
   * keys, so this can't wait for a retry.
   */
  async function follow(recorded: readonly Recorded[], now: number): Promise<readonly Recorded[]> {
    let followed = recorded;
    return await retry(async () => {
      const left = followed.filter(hasToFollow);
      const names = left.map(({ key: { p, u } }) => ({ projectId: p, userHash: u }));
      const users = await aliases.resolve(names, ZONES);
      const taken = await keys.claimFor(
        users.map(({ userHash }) => userHash),
        left.map(({ key }) => key),
      );
      const gates = left.map(({ gate }) => gate);
      const events = taken.map((key, index): StoredEvent => {
        const [gate, document] = [gates[index], users[index]?.document];
        const userHome = homeIn(document);
        return {
          ...{ ...meaningOf(key), ...(userHome !== undefined && { userHome }), ...isRedatedIn(document) },
          ...(gate && { gate }),
        };
      });
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
    const users = byUser(events, await findHomes(events));
    const firsts = await findFirsts(users);
    const plans = users.map((user) => planOf(user, firsts));
    const applied = plans.length === 0 ? [] : await apply(plans.map(({ effect }) => effect));
    const outcomes: Outcome[] = [];
    const overtaken: number[] = [];
    for (const [which, user] of users.entries()) {
      const { isAlias, inserted, otherHome } = applied[which] as Applied;
      const { places } = otherHome === undefined ? (plans[which] as Plan) : planOf(user, firsts, otherHome);
      for (const [position, index] of user.indexes.entries()) {
        const place = places[position] as Place;
        if (isAlias || place === "refuted") {
          outcomes[index] = isAlias ? "moved" : "refuted";
        } else {
          const first = typeof place === "object" ? place.first : place;
          const counted = typeof place === "object" ? place.action : place;
          outcomes[index] = counted !== undefined && inserted[counted] ? "stored" : "repeat";
          if (first !== undefined && !inserted[first] && events[index]?.keepRepeat) {
            overtaken.push(index);
          }
        }
      }
    }
    // Another batch has done these days in this moment.
    if (overtaken.length > 0) {
      const kept = await storeAdmitted(overtaken.map((index) => events[index] as StoredEvent));
      for (const [position, index] of overtaken.entries()) {
        const outcome = kept[position] as Outcome;
        // An action that was stored is new, even if another event has done its day.
        outcomes[index] = outcome === "repeat" ? (outcomes[index] as Outcome) : outcome;
      }
    }
    return outcomes;
  }

  /** Returns the home zones of those users whose home zone decides something, by the `_id` of their documents. */
  async function findHomes(events: readonly StoredEvent[]): Promise<ReadonlyMap<string, string>> {
    const homes = new Map<string, string>();
    for (const event of events) {
      if (event.userHome !== undefined) {
        homes.set(userIdOf(event), event.userHome);
      }
    }
    const unknown = events.filter((event) => namesDay(event) && !event.unverified && !homes.has(userIdOf(event)));
    if (unknown.length > 0) {
      // The home zone of a user never changes, once most members have it.
      const found = connection.streaks.find(anyOf(unknown), { projection: ZONES, batchSize: unknown.length + 1 });
      for await (const document of found) {
        const home = homeIn(document);
        if (home !== undefined) {
          homes.set(document._id, home);
        }
      }
    }
    return homes;
  }

  /**
   * Takes the events that are to be kept if they are repeats. Returns the stored first events of their days, and the
   * stored actions that they are.
   */
  async function findFirsts(users: readonly UserEvents[]): Promise<Firsts> {
    const ids = users.flatMap(({ events, home, firstZone }) =>
      events.filter(({ keepRepeat }) => keepRepeat).flatMap((event) => firstIds(event, home ?? firstZone)),
    );
    if (ids.length === 0) {
      return NO_FIRSTS;
    }
    const found = await connection.events
      .find({ _id: { $in: ids } }, { projection: { p: 1, u: 1, id: 1, vacated: 1 }, batchSize: ids.length + 1 })
      // The first event may not have reached the majority yet.
      .withReadConcern({ level: "local" })
      .toArray();
    const redated = new Set(users.filter(isRedatedUser).map(userIdOf));
    // Events of redated users take the places of vacated ones.
    const kept = found.filter(({ p, u, vacated }) => !(vacated && redated.has(streakId(p, u))));
    return new Map(kept.map(({ _id, id }) => [_id, id]));
  }

  return (events, now) => connection.run(() => record(events, now));
}

/** What keys mean, by their `_id`. */
type Keys = ReadonlyMap<string, KeyDocument>;

const NO_KEYS: Keys = new Map();

const NO_FIRSTS: Firsts = new Map();

/** What became of an event; with a key, of the event that the key means for the user of today. */
interface Recorded {
  readonly key: KeyDocument | undefined;
  readonly outcome: Outcome;
  readonly gate: Gate | undefined;
}

function hasToFollow(recorded: Recorded): recorded is Recorded & { readonly key: KeyDocument } {
  return recorded.key !== undefined && (recorded.outcome === "moved" || recorded.outcome === "refuted");
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
  const { unverified, userHome, isRedated, gate } = event;
  return key === undefined
    ? event
    : {
        ...meaningOf(key),
        ...(unverified && { unverified }),
        ...(userHome !== undefined && { userHome }),
        ...(isRedated && { isRedated }),
        ...(gate && { gate }),
      };
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
