import { isoMonth } from "../../domain/day.ts";
import type { Gate } from "../../domain/plans.ts";
import type { Outcome, StoredEvent } from "../events.ts";
import { isOpen, type Refusal } from "../seats.ts";
import type { Aliases } from "./aliases.ts";
import type { Connection } from "./connection.ts";
import { join, streakId } from "./document-ids.ts";
import { anyOf, type StreakDocument } from "./documents.ts";
import { retry } from "./retry.ts";
import { holderOf, openingId, openingOf } from "./seat-documents.ts";
import type { SeatMonth, Seats } from "./seats.ts";
import { ALL_DAYS, monthsIn } from "./streak-documents.ts";

/**
 * How long a seat whose holder may not be active yet can be relied on, in milliseconds, before it is noted anew that
 * somebody does. The check of seats lets so much more time pass.
 */
export const RELIED_ON_MS = 30_000;

/** What becomes of an event whose user gets no seat. The user of one that has moved is an alias by now. */
export type GateOutcome = Refusal | Extract<Outcome, "moved">;

/** The seats that a batch needs. */
export interface SeatGate {
  /**
   * Gives the users of events seats. Returns the outcomes of those events that must not be stored, in the same order.
   * Where all users have seats, a batch costs one more query.
   *
   * @param now the server's clock in epoch milliseconds
   */
  admit(events: readonly StoredEvent[], now: number): Promise<(GateOutcome | undefined)[]>;
  /** Passes on the seats that were claimed for events whose users have turned out to be aliases. */
  passSeats(moved: readonly StoredEvent[]): Promise<void>;
}

/** A seat that an event needs. */
interface Need extends SeatMonth {
  readonly userHash: string;
  readonly gate: Gate;
  /** `holderOf` the user in the month. */
  readonly holder: string;
}

function needOf({ gate, type, projectId, userHash, day }: StoredEvent): Need | undefined {
  if (gate === undefined || type !== "streak_interaction") {
    return undefined;
  }
  const month = isoMonth(day);
  return { projectId, userHash, month, gate, holder: holderOf(projectId, userHash, month) };
}

/** Makes the gate of a database's seats. */
export function createGate({ streaks, seatOpenings }: Connection, aliases: Aliases, seats: Seats): SeatGate {
  /** Returns the outcomes of those who get no seat as newcomers of a month, which share its gate. */
  async function refuse(newcomers: readonly Need[], now: number) {
    const { projectId, month, gate } = newcomers[0] as Need;
    const opening = openingOf(await seatOpenings.findOne({ _id: openingId(projectId) }));
    const isReady = isOpen(opening, month, gate.since, now);
    const users = newcomers.map(({ userHash }) => userHash);
    const left = new Set(isReady ? await seats.claim({ projectId, month }, users, gate.activeStreakers) : users);
    if (left.size === 0) {
      return [];
    }
    const refused = newcomers.filter(({ userHash }) => left.has(userHash));
    const { tombstones, active } = await lookUp(refused);
    await seatActive({ projectId, month }, active);
    return refused
      .filter((need) => !active.includes(need))
      .map(({ userHash, holder }): readonly [string, GateOutcome] => {
        const outcome = isReady ? "full" : "unopened";
        return [holder, tombstones.has(userHash) ? "moved" : outcome];
      });
  }

  /** Returns what the documents of users say: who is an alias, and who is active in the month of the seat. */
  async function lookUp(needs: readonly Need[]) {
    const found = await streaks
      .find(anyOf(needs), { projection: { u: 1, ...ALL_DAYS, aliasOf: 1 }, batchSize: needs.length + 1 })
      .withReadConcern({ level: "local" })
      .toArray();
    const documents = new Map(found.map((document) => [document.u, document]));
    const tombstones = new Set(found.filter(({ aliasOf }) => aliasOf !== undefined).map(({ u }) => u));
    const isActiveUser = ({ userHash, month }: Need) =>
      !tombstones.has(userHash) && isActive(documents.get(userHash) ?? {}, month);
    return { tombstones, active: needs.filter(isActiveUser) };
  }

  /** Gives seats to users who are active in a month: they go on, whatever became of their seats. */
  async function seatActive(month: SeatMonth, active: readonly Need[]): Promise<void> {
    if (active.length > 0) {
      // Those who have become active by a link have the seat of the linked name by now.
      const seated = new Set((await seats.heldBy(active.map(({ holder }) => holder))).map(({ s }) => s));
      const left = active.filter(({ holder }) => !seated.has(holder));
      const users = left.map(({ userHash }) => userHash);
      await seats.claim(month, users, Number.POSITIVE_INFINITY);
    }
  }

  /** Returns the seats that these hold; undefined when one was lost before it was noted that somebody relies on it. */
  async function relyOn(holders: readonly string[]): Promise<ReadonlySet<string> | undefined> {
    const held = await seats.heldBy(holders);
    const before = Date.now() - RELIED_ON_MS;
    const stale = held.filter(({ claimedAt }) => claimedAt !== undefined && claimedAt.getTime() < before);
    return stale.length > 0 && !(await seats.recheck(stale)) ? undefined : new Set(held.map(({ s }) => s));
  }

  return {
    async admit(events, now) {
      const needs = events.map(needOf);
      const needed = [
        ...new Map(needs.filter((need) => need !== undefined).map((need) => [need.holder, need])).values(),
      ];
      if (needed.length === 0) {
        return needs.map(() => undefined);
      }
      const refusals = await retry(async () => {
        const seated = await relyOn(needed.map(({ holder }) => holder));
        if (seated === undefined) {
          return undefined;
        }
        const newcomers = Map.groupBy(
          needed.filter(({ holder }) => !seated.has(holder)),
          // A batch may have events of before and after a change of the plan.
          ({ projectId, month, gate }) => join(projectId, month, `${gate.since}`, `${gate.activeStreakers}`),
        );
        const refused = await Promise.all(Array.from(newcomers.values(), (some) => refuse(some, now)));
        return new Map(refused.flat());
      });
      return needs.map((need) => need && refusals.get(need.holder));
    },

    async passSeats(moved) {
      const names = new Map(moved.map((event) => [streakId(event.projectId, event.userHash), event]));
      await Promise.all(
        Array.from(names.values(), async ({ projectId, userHash }) => {
          const held = await seats.heldByName(projectId, userHash);
          if (held.length > 0) {
            await seats.pass(held, await aliases.userOf(projectId, userHash));
          }
        }),
      );
    },
  };
}

/** Whether a user has a done day in a month, of whatever event. */
export function isActive(document: Pick<StreakDocument, "days" | "others">, month: string): boolean {
  return monthsIn(document).some(([name, bits]) => name === month && bits !== 0);
}
