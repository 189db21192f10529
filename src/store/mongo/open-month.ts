import { isCurrent, isOpen, type Opening, type SeatStore } from "../seats.ts";
import type { UserKey } from "../streaks.ts";
import type { Aliases } from "./aliases.ts";
import type { Resolved } from "./chains.ts";
import type { Connection } from "./connection.ts";
import { beginningWith } from "./document-ids.ts";
import { isDuplicateKey } from "./errors.ts";
import { openingId, openingOf } from "./seat-documents.ts";
import type { SeatMonth, Seats } from "./seats.ts";
import { ALL_DAYS, monthsIn } from "./streak-documents.ts";

/** How many names are read at a time. */
const NAMES_AT_ONCE = 1000;

/** Makes what opens months. Any number of instances may open the same month at once. */
export function createOpenMonth(connection: Connection, aliases: Aliases, seats: Seats): SeatStore["openMonth"] {
  const { streaks, seatOpenings } = connection;

  async function namesAfter(projectId: string, after: string | undefined): Promise<(UserKey & { id: string })[]> {
    const { _id: range } = beginningWith(projectId);
    const from = after === undefined ? range : { $gt: after, $lt: range.$lt };
    const page = streaks.find({ _id: from }, { projection: { p: 1, u: 1 }, batchSize: NAMES_AT_ONCE + 1 });
    const found = await page.sort({ _id: 1 }).limit(NAMES_AT_ONCE).toArray();
    return found.map(({ _id, p, u }) => ({ id: _id, projectId: p, userHash: u }));
  }

  /** Gives seats to the users of these names who are active in the month, and notes all months with active users. */
  async function seatActive(month: SeatMonth, names: readonly UserKey[], months: Set<string>): Promise<void> {
    const { projectId } = month;
    // Followed, because the days of a name may go to a user who was read before.
    const users = await aliases.resolve(names, ALL_DAYS);
    const active = new Set<string>();
    for (const { userHash, document } of users) {
      for (const name of monthsOf(document)) {
        months.add(name);
        if (name === month.month) {
          active.add(userHash);
        }
      }
    }
    await seats.claim(month, [...active], Number.POSITIVE_INFINITY);
    // A user who became an alias before getting a seat had none to pass on.
    const after = await aliases.resolve(
      Array.from(active, (userHash) => ({ projectId, userHash })),
      {},
    );
    for (const [index, userHash] of [...active].entries()) {
      const { userHash: user } = after[index] as Resolved;
      if (user !== userHash) {
        await seats.pass(await seats.heldByName(projectId, userHash), user);
      }
    }
  }

  /** Notes that a month is open, unless all users were read anew since: others may have become active before that. */
  async function noteOpened(projectId: string, month: string, { since, openedAt }: Opening): Promise<void> {
    const unchanged = { _id: openingId(projectId), since: new Date(since), openedAt: new Date(openedAt) };
    await seatOpenings.updateOne(unchanged, { $pull: { unseated: month } });
  }

  /** Notes that all users were read, unless they were read for a later plan meanwhile. */
  async function noteRead(projectId: string, { since, openedAt, unseated }: Opening): Promise<void> {
    const noLater = { _id: openingId(projectId), since: { $lte: new Date(since) } };
    const opening = { since: new Date(since), openedAt: new Date(openedAt), unseated };
    try {
      await seatOpenings.replaceOne(noLater, opening, { upsert: true });
    } catch (error) {
      if (!isDuplicateKey(error)) {
        throw error;
      }
    }
  }

  return async (projectId, month, since, now) => {
    const before = openingOf(await connection.run(() => seatOpenings.findOne({ _id: openingId(projectId) })));
    if (isOpen(before, month, since, now)) {
      return;
    }
    const months = new Set<string>();
    let names = await connection.run(() => namesAfter(projectId, undefined));
    while (names.length > 0) {
      const page = names;
      await connection.run(() => seatActive({ projectId, month }, page, months));
      names = await connection.run(() => namesAfter(projectId, page.at(-1)?.id));
    }
    months.delete(month);
    await connection.run(() =>
      isCurrent(before, since, now)
        ? noteOpened(projectId, month, before)
        : noteRead(projectId, { since, openedAt: now, unseated: [...months] }),
    );
  };
}

/** Returns the months in which a user has a done day. */
function monthsOf(document: Resolved["document"]): string[] {
  return monthsIn(document ?? {}).flatMap(([month, bits]) => (bits === 0 ? [] : [month]));
}
