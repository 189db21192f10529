import type { Collection } from "mongodb";
import { MongoBulkWriteError } from "mongodb";
import { sendUpdates } from "./bulk.ts";
import type { Connection } from "./connection.ts";
import { beginningWith, partsOf, rangeOf } from "./document-ids.ts";
import { isDuplicateKey } from "./errors.ts";
import { retry } from "./retry.ts";
import { freeMark, freeMarks, holderOf, numberOf, type SeatDocument, seatId } from "./seat-documents.ts";

/** A month of a project. */
export interface SeatMonth {
  readonly projectId: string;
  readonly month: string;
}

/**
 * The seats of months, each a document. A seat is taken by one write that either takes it or fails, so no race can take
 * one too many, and doing it again takes nothing twice.
 *
 * - Seats are numbered without a gap: a new one is free, and gets the number after the highest.
 * - A seat is taken by changing its holder, from none to a user. A seat that is given up is free again.
 * - There may be more seats than the limit: it was lowered, or the month had as many active users when it was opened.
 *   Then as many seats must stay free as there are too many: the free ones with the highest numbers. A seat that is
 *   taken always leaves so many free seats above it, so that holds for takers at the same time, too.
 *
 * A user whose seat was just claimed may not be active yet: `seat-check.ts` looks after those who never get to be.
 *
 * All reads are local: a seat that is not on most members yet counts, since what relies on it gets there after it.
 */
export interface Seats {
  /** Returns the seats of these holders, each named by `holderOf`. */
  heldBy(holders: readonly string[]): Promise<SeatDocument[]>;
  /** Returns all seats that a name holds. */
  heldByName(projectId: string, name: string): Promise<SeatDocument[]>;
  /**
   * Gives seats to users while there are any. Whoever has one keeps it. Returns those who have got none: at one moment,
   * as many as the limit had seats.
   */
  claim(month: SeatMonth, users: readonly string[], limit: number): Promise<readonly string[]>;
  /** Notes that these holders are to be checked for being active from now on. Returns whether all still hold seats. */
  recheck(held: readonly SeatDocument[]): Promise<boolean>;
  /** Gives seats that a name holds which is an alias to its user, or frees them where the user has one. */
  pass(held: readonly SeatDocument[], userHash: string): Promise<void>;
}

/** Makes the seats of a database. */
export function createSeats({ seats }: Connection): Seats {
  const updatable = seats as unknown as Collection;
  const local = { readConcern: { level: "local" as const } };

  async function heldBy(holders: readonly string[]): Promise<SeatDocument[]> {
    const found = seats.find({ s: { $in: [...holders] } }, { ...local, batchSize: holders.length + 1 });
    return await found.toArray();
  }

  async function highestOf({ projectId, month }: SeatMonth): Promise<number> {
    const [highest] = await seats.find(beginningWith(projectId, month), local).sort({ _id: -1 }).limit(1).toArray();
    return highest === undefined ? 0 : numberOf(highest);
  }

  /** Returns free seats up to a number, highest numbers first. */
  async function freeOf(
    { projectId, month }: SeatMonth,
    highest: number,
    skip: number,
    limit: number,
  ): Promise<SeatDocument[]> {
    const free = seats.find({ s: freeMarks(projectId, month, highest) }, { ...local, batchSize: limit + 1 });
    return await free.sort({ s: -1 }).skip(skip).limit(limit).toArray();
  }

  /** Makes free seats, one after the other until a number is taken. Returns those that are known to be made. */
  async function add({ projectId, month }: SeatMonth, highest: number, count: number): Promise<SeatDocument[]> {
    const made = Array.from({ length: count }, (_, index) => {
      const _id = seatId(projectId, month, highest + 1 + index);
      return { _id, s: freeMark(_id) };
    });
    const operations = made.map((document) => ({ insertOne: { document } }));
    const areAdded = count === 0 || (await areAllDone(() => seats.bulkWrite(operations, { ordered: true }), count));
    return areAdded ? made : [];
  }

  /** Has users take free seats. Returns whether each of them did. */
  async function take(free: readonly SeatDocument[], holders: readonly string[]): Promise<boolean> {
    const claimedAt = new Date();
    const operations = free.map(({ _id, s }, index) => ({
      updateOne: { filter: { _id, s }, update: { $set: { s: holders[index] as string, claimedAt } } },
    }));
    return free.length === 0 || (await areAllDone(() => seats.bulkWrite(operations, { ordered: false }), free.length));
  }

  /** Tries once. Returns who is still without a seat, and whether no seat was left at one moment. */
  async function tryToClaim(month: SeatMonth, users: readonly string[], limit: number): Promise<Claimed> {
    const holders = users.map((userHash) => holderOf(month.projectId, userHash, month.month));
    const highest = await highestOf(month);
    // Only up to that number: seats that were added since would make up for those which must stay free.
    const free = await freeOf(month, highest, Math.max(0, highest - limit), users.length);
    const missing = Math.min(users.length - free.length, Math.max(0, limit - highest));
    if (free.length + missing === 0) {
      return { left: users, isFull: true };
    }
    const found = [...free, ...(await add(month, highest, missing))];
    if (await take(found, holders)) {
      return { left: users.slice(found.length), isFull: false };
    }
    const held = new Set((await heldBy(holders)).map(({ s }) => s));
    return { left: users.filter((_, index) => !held.has(holders[index] as string)), isFull: false };
  }

  async function claim(month: SeatMonth, users: readonly string[], limit: number): Promise<readonly string[]> {
    let claimed: Claimed = { left: users, isFull: false };
    while (claimed.left.length > 0 && !claimed.isFull) {
      const before = claimed.left;
      // Whoever got nothing was in the way of others: only such attempts are retries.
      claimed = await retry(async () => {
        const after = await tryToClaim(month, before, limit);
        return after.isFull || after.left.length < before.length ? after : undefined;
      });
    }
    return claimed.left;
  }

  return {
    heldBy,

    heldByName: async (projectId, name) => await seats.find({ s: rangeOf(projectId, name) }, local).toArray(),

    claim,

    async recheck(held) {
      const claimedAt = new Date();
      const operations = held.map(({ _id, s }) => ({
        updateOne: { filter: { _id, s }, update: { $set: { claimedAt } } },
      }));
      const { matchedCount } = await seats.bulkWrite(operations, { ordered: false });
      return matchedCount === held.length;
    },

    async pass(held, userHash) {
      if (held.length === 0) {
        return;
      }
      // The days may not be the user's yet, or never come: then the seat is freed later.
      const claimedAt = new Date();
      const passed = held.map(({ _id, s }) => {
        const [projectId, , month] = partsOf(s) as [string, string, string];
        const update = { $set: { s: holderOf(projectId, userHash, month), claimedAt } };
        return { filter: { _id, s }, update, upsert: false };
      });
      const { refused } = await sendUpdates(updatable, passed);
      await sendUpdates(
        updatable,
        refused.map((index) => freeUpdate(held[index] as SeatDocument)),
      );
    },
  };
}

interface Claimed {
  readonly left: readonly string[];
  readonly isFull: boolean;
}

/** Returns the update that frees a seat, unless it has changed since it was read. */
export function freeUpdate({ _id, s, claimedAt }: SeatDocument) {
  return {
    filter: { _id, s, claimedAt: claimedAt ?? { $exists: false } },
    update: { $set: { s: freeMark(_id) }, $unset: { claimedAt: "" } },
    upsert: false,
  };
}

/** Sends a bulk. Returns whether all of its writes changed something, which some don't when others were faster. */
async function areAllDone(
  send: () => Promise<{ readonly insertedCount: number; readonly modifiedCount: number }>,
  writes: number,
): Promise<boolean> {
  try {
    const { insertedCount, modifiedCount } = await send();
    return insertedCount + modifiedCount === writes;
  } catch (error) {
    if (error instanceof MongoBulkWriteError && isDuplicateKey(error)) {
      return false;
    }
    throw error;
  }
}
