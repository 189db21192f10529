import type { Document } from "mongodb";
import type { UserKey } from "../streaks.ts";
import type { Apply } from "./apply.ts";
import { type Chain, createChains, type Resolved, type Tombstone } from "./chains.ts";
import type { Connection } from "./connection.ts";
import { oneOf } from "./documents.ts";
import type { IdempotencyKeys } from "./idempotency-keys.ts";
import { createMerge } from "./merge.ts";
import type { Notes } from "./notes.ts";
import { retry } from "./retry.ts";
import type { Seats } from "./seats.ts";

/**
 * The aliases of users. A name that is an alias is a tombstone in `streaks`: it refuses writes, and says whose alias it
 * is.
 *
 * A name is only ever linked to a name that is no alias at that time, as far as is known. That name may become an alias
 * later, so an alias can be several steps from its user. Two links that are made at once can close a circle. Whoever
 * finds a circle opens it by taking back an unfinished link, and everyone picks the same link.
 */
export interface Aliases {
  /**
   * Returns the users that these names are by now, in the same order. Finishes unfinished merges first.
   *
   * @param fields which fields of their documents to read
   */
  resolve(names: readonly UserKey[], fields: Document): Promise<Resolved[]>;
  /** Returns the user that a name is by now. A name that is no alias is a user itself. */
  userOf(projectId: string, name: string): Promise<string>;
  /** Finishes the merge of a tombstone, wherever it was cut short. Any number of callers may do so at once. */
  finishMerge(projectId: string, name: string): Promise<void>;
}

/** Makes the aliases of a database. */
export function createAliases(
  connection: Connection,
  apply: Apply,
  keys: IdempotencyKeys,
  seats: Seats,
  notes: Notes,
): Aliases {
  const { streaks } = connection;
  const chainsOf = createChains(connection);
  const finishMerge = createMerge({ connection, apply, keys, seats, notes, chainsOf, openCircle });

  async function resolve(names: readonly UserKey[], fields: Document): Promise<Resolved[]> {
    return await retry(async () => {
      const chains = await chainsOf(names, fields);
      const circle = chains.find((chain) => chain.circle)?.circle;
      const merging = chains.flatMap(({ tombstones }) => tombstones.filter((tombstone) => tombstone.merging));
      if (circle !== undefined) {
        await openCircle(circle);
      } else if (merging.length > 0) {
        await Promise.all(merging.map(({ p, u }) => finishMerge(p, u)));
      } else {
        return chains.map(({ end }) => end);
      }
      return undefined;
    });
  }

  async function userOf(projectId: string, name: string): Promise<string> {
    const [user] = await resolve([{ projectId, userHash: name }], {});
    return (user as Resolved).userHash;
  }

  /** Takes back one of the links that form a circle, if they still do. Its name is a user again, with what it had. */
  async function openCircle(circle: NonNullable<Chain["circle"]>): Promise<void> {
    const names = circle.map(({ p, u }) => ({ projectId: p, userHash: u }));
    const now = new Map((await chainsOf(names, {})).flatMap(({ tombstones }) => tombstones.map((one) => [one.u, one])));
    // They were read one after the other, so they may never have formed a circle at one time. Read twice alike, they
    // did.
    if (!circle.every(({ u, aliasOf }) => now.get(u)?.aliasOf === aliasOf)) {
      return;
    }
    const unfinished = circle.filter(({ u }) => now.get(u)?.merging);
    const candidates = (unfinished.length > 0 ? unfinished : circle).toSorted((a, b) => (a.u < b.u ? -1 : 1));
    const { p, u, aliasOf } = candidates[0] as Tombstone;
    const cover = await notes.write([{ projectId: p, userHash: u }]);
    await streaks.updateOne(
      { ...oneOf(p, u), aliasOf, merging: unfinished.length > 0 ? true : { $exists: false } },
      { $unset: { aliasOf: "", merging: "", emptied: "", linkedAt: "", swept: "" } },
    );
    cover.end();
  }

  return { resolve, userOf, finishMerge };
}
