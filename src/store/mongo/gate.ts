import { isoMonth } from "../../domain/day.ts";
import type { Gate } from "../../domain/plans.ts";
import type { Outcome, StoredEvent } from "../events.ts";
import { isOpen, type Refusal } from "../seats.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { anyOf, partsOf, type StreakDocument } from "./documents.ts";
import { retry } from "./retry.ts";
import { holderOf, openingId, openingOf } from "./seat-documents.ts";
import type { SeatMonth, Seats } from "./seats.ts";

/**
 * How long a seat whose holder may not be active yet can be relied on, in milliseconds, before it is noted anew that
 * somebody does. The check of seats lets so much more time pass.
 */
export const RELIED_ON_MS = 30_000;

/** What becomes of an event whose user gets no seat. The user of one that has moved is an alias by now. */
type GateOutcome = Refusal | Extract<Outcome, "moved">;

/** Returns who needs a seat for an event, by `holderOf`; undefined where nobody does. */
function holderFor({ gate, type, projectId, userHash, day }: StoredEvent): string | undefined {
  return gate === undefined || type !== "streak_interaction" ? undefined : holderOf(projectId, userHash, isoMonth(day));
}

/**
 * Makes what stores events whose users need seats once these have them, and any other event at once. Where all users
 * have seats, a batch costs one more query.
 *
 * @param store stores events that may be stored
 */
export function createGate(
  { streaks, seatOpenings }: Connection,
  aliases: Aliases,
  seats: Seats,
  store: (events: readonly StoredEvent[]) => Promise<Outcome[]>,
): (events: readonly StoredEvent[], now: number) => Promise<Outcome[]> {
  /** Returns what the documents of users say: whether a user is active in the month, or an alias. */
  async function lookUp({ projectId, month }: SeatMonth, users: readonly string[]) {
    const names = users.map((userHash) => ({ projectId, userHash }));
    const found = await streaks
      .find(anyOf(names), { projection: { u: 1, days: 1, aliasOf: 1 }, batchSize: names.length + 1 })
      .withReadConcern({ level: "local" })
      .toArray();
    const tombstones = new Set(found.filter(({ aliasOf }) => aliasOf !== undefined).map(({ u }) => u));
    const active = found.filter((document) => !tombstones.has(document.u) && isActive(document, month));
    return { tombstones, active: active.map(({ u }) => u) };
  }

  /** Lets users in who have no seat yet. Returns the outcomes for the others. */
  async function admitTo(month: SeatMonth, gate: Gate, users: readonly string[], now: number) {
    const opening = openingOf(await seatOpenings.findOne({ _id: openingId(month.projectId) }));
    const isReady = isOpen(opening, month.month, gate.since, now);
    const refused = isReady ? await seats.claim(month, users, gate.activeStreakers) : users;
    if (refused.length === 0) {
      return [];
    }
    // Whoever is active goes on, whatever became of the seat; a month that is not open yet has none for them.
    const { tombstones, active } = await lookUp(month, refused);
    await seats.claim(month, active, Number.POSITIVE_INFINITY);
    const areActive = new Set(active);
    return refused
      .filter((userHash) => !areActive.has(userHash))
      .map((userHash): readonly [string, GateOutcome] => {
        const outcome = isReady ? "full" : "unopened";
        return [holderOf(month.projectId, userHash, month.month), tombstones.has(userHash) ? "moved" : outcome];
      });
  }

  /** Gives users seats. Returns the outcomes of the events that must not be stored, by who would need the seat. */
  async function admit(events: readonly StoredEvent[], now: number): Promise<ReadonlyMap<string, GateOutcome>> {
    const wanted = new Map<string, Gate>();
    for (const event of events) {
      const holder = holderFor(event);
      if (holder !== undefined) {
        wanted.set(holder, event.gate as Gate);
      }
    }
    const holders = [...wanted.keys()];
    return await retry(async () => {
      const held = await seats.heldBy(holders);
      const before = Date.now() - RELIED_ON_MS;
      const stale = held.filter(({ claimedAt }) => claimedAt !== undefined && claimedAt.getTime() < before);
      if (stale.length > 0 && !(await seats.recheck(stale))) {
        return undefined;
      }
      const seated = new Set(held.map(({ s }) => s));
      const months = Map.groupBy(
        holders.filter((holder) => !seated.has(holder)),
        (holder) => holder.split("|").toSpliced(1, 1).join("|"),
      );
      const outcomes = await Promise.all(
        Array.from(months.values(), (newcomers) => {
          const [projectId, , month] = partsOf(newcomers[0] as string) as [string, string, string];
          const users = newcomers.map((holder) => partsOf(holder)[1] as string);
          return admitTo({ projectId, month }, wanted.get(newcomers[0] as string) as Gate, users, now);
        }),
      );
      return new Map(outcomes.flat());
    });
  }

  /** Passes on the seats that were claimed for events whose users have turned out to be aliases. */
  async function passSeats(moved: readonly StoredEvent[]): Promise<void> {
    for (const { projectId, userHash } of moved) {
      // The first event of a name passes on all of its seats.
      const held = await seats.heldByName(projectId, userHash);
      await seats.pass(held, await aliases.userOf(projectId, userHash));
    }
  }

  return async (events, now) => {
    if (!events.some(({ gate }) => gate !== undefined)) {
      return await store(events);
    }
    const refusals = await admit(events, now);
    const refusalOf = (event: StoredEvent) => refusals.get(holderFor(event) ?? "");
    const admitted = events.filter((event) => refusalOf(event) === undefined);
    const stored = await store(admitted);
    await passSeats(admitted.filter((event, index) => event.gate !== undefined && stored[index] === "moved"));
    const left = stored.values();
    return events.map((event) => refusalOf(event) ?? (left.next().value as Outcome));
  };
}

/** Whether a user has a done day in a month, of whatever event. */
export function isActive({ days = {} }: Pick<StreakDocument, "days">, month: string): boolean {
  return Object.values(days).some((months) => (months[month] ?? 0) !== 0);
}
